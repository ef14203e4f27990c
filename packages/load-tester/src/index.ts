export type { LoadTestResult } from "./results/result.ts";
export type { Scenario } from "./scenario/scenario.ts";

export type { LoadTestResult } from "./results/result.ts";
export { intentLines } from "./plan/intent-lines.ts";
export { planOf } from "./plan/plan-of.ts";
export { readScenario, type ScenarioOrigin } from "./scenario/read-scenario.ts";
export type { Scenario } from "./scenario/scenario.ts";
export { scenarioSchema } from "./scenario/schema/scenario-schema.ts";
export { BudgetError } from "./budgets/budget-error.ts";
export type { Budget } from "./budgets/budget.ts";
export { parseBudget } from "./budgets/parse-budget.ts";

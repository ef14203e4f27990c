export { type PatternWish, savePatternData, savePatternTorrent } from "./patterns/pattern-files.ts";
export { intentLines } from "./plan/intent-lines.ts";
export { planOf } from "./plan/plan-of.ts";
export {
  type BuiltInScenario,
  builtInNames,
  builtInText,
  listScenarios,
} from "./scenario/built-in/built-in-scenarios.ts";
export type { ScenarioChanges } from "./scenario/changes/scenario-changes.ts";
export { shortScenario, type ShortWords } from "./scenario/changes/short-scenario.ts";
export { readScenario, type ScenarioOrigin } from "./scenario/read-scenario.ts";
export type * from "./scenario/scenario.ts";
export { warmUpPhase } from "./scenario/warm-up.ts";
export type * from "./scenario/schema/file-shape.ts";
export { scenarioSchema } from "./scenario/schema/scenario-schema.ts";
export { BudgetError } from "./budgets/budget-error.ts";
export type { Budget, Dimension } from "./budgets/budget.ts";
export { spellMicroseconds, spellValue } from "./budgets/budget-values.ts";
export { type BudgetState, budgetState } from "./budgets/budget-state.ts";
export { judgeBudget } from "./budgets/judge-budget.ts";
export { parseBudget } from "./budgets/parse-budget.ts";
export { type SpelledBudget, spellVerdict } from "./budgets/spell-verdict.ts";
export {
  compareRuns,
  type ComparisonRow,
  type RatioVerdict,
  type RunComparison,
} from "./results/compare/compare-runs.ts";
export {
  type ComparedRun,
  type ComparedVerdict,
  spellComparedRun,
} from "./results/compare/compared-runs.ts";
export { parseResult, readResult, writeResult } from "./results/file/result-file.ts";
export { type MeasuredRun, measuredRun } from "./results/measured-run.ts";
export { metricsContentType } from "@troupe/control/metrics";
export { runMetrics } from "./results/prometheus/run-metrics.ts";
export type { BudgetVerdict, LoadTestResult, Outcome, Second } from "./results/result.ts";
export type { GroupAccounts } from "./results/summary/group-accounts.ts";
export {
  type LatencyFigures,
  peersIn,
  peerStates,
  type ProcessFigures,
  type RunFigures,
  runFigures,
} from "./results/summary/run-figures.ts";
export { maximumWord } from "./results/summary/too-few.ts";
export { reportHtml } from "./report/report-html.ts";
export type { FileShape as ScenarioFile } from "./scenario/schema/file-shape.ts";
export type { LoadTestOptions, RunFacts } from "./api/load-test-options.ts";
export { loadTest } from "./api/load-test.ts";
export { localGenerators, type LocalGeneratorsOptions } from "./generator/local-generators.ts";
export { type AgentOptions, runAgent } from "./agents/agent/run-agent.ts";
export type { NatsOptions } from "./agents/bus/server-address.ts";
export {
  connectAgents,
  type ConnectAgentsOptions,
  type ConnectedAgents,
} from "./agents/leader/connect-agents.ts";

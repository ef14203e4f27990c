// Measurements of a run so far.

import { callSafely } from "@troupe/api-base";
import { AbortWatch } from "../budgets/abort-watch.ts";
import type { Budget } from "../budgets/budget.ts";
import { brokenImplicitly } from "../budgets/implicit-budgets.ts";
import { judgeBudget } from "../budgets/judge-budget.ts";
import { partOf } from "../budgets/run-values.ts";
import { parseBudget } from "../budgets/parse-budget.ts";
import type { Generators, PeersByGroup } from "../generator/generators.ts";
import type { Window } from "../measures/measures.ts";
import { PhaseTimes } from "../measures/phase-times.ts";
import type { Share } from "../plan/plan.ts";
import type { MeasuredRun } from "../results/measured-run.ts";
import { RunMerge } from "../results/merge/run-merge.ts";
import type { LoadTestResult, ProcessUse, Second } from "../results/result.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Targets } from "../targets/targets.ts";
import { groupList } from "./group-list.ts";
import type { LoadTestOptions, RunFacts } from "./load-test-options.ts";
import { phaseList } from "./phase-list.ts";
import { RunAccounts } from "./run-accounts.ts";
import { outcomeOf, type RunEnd } from "./run-end.ts";

/** Parts of a record. */
interface RecordParts {
  readonly nowMs: () => number;
  readonly onSecond?: LoadTestOptions["onSecond"];
  /** A budget of `abort` has been broken for long enough. */
  readonly broken: (budget: string) => void;
}

/** The start of a run. */
interface RunStart {
  readonly startMs: number;
  readonly startEpochMs: number;
  readonly generators: Pick<Generators, "facts" | "unheard">;
}

/** The record of a run. */
export class RunRecord {
  readonly #scenario: Scenario;
  readonly #parts: RecordParts;
  readonly #phases: PhaseTimes;
  readonly #budgets: readonly Budget[];
  readonly #watch: AbortWatch;
  #targets: Pick<Targets, "facts"> = { facts: [] };
  #start: RunStart | undefined;
  #merge: RunMerge;
  readonly #accounts: RunAccounts;
  #living = new Set<string>();
  #endMs: number | undefined;

  /** @throws BudgetError */
  constructor(scenario: Scenario, parts: RecordParts) {
    this.#scenario = scenario;
    this.#parts = parts;
    this.#phases = new PhaseTimes(scenario.phases);
    this.#budgets = scenario.budgets.map(parseBudget);
    this.#watch = new AbortWatch(scenario.abort);
    this.#merge = this.#mergeOf([]);
    this.#accounts = new RunAccounts(scenario);
  }

  watchTargets(targets: Pick<Targets, "facts">): void {
    this.#targets = targets;
  }

  begin(start: RunStart): RunFacts {
    this.#start = start;
    const names = start.generators.facts.map(({ name }) => name);
    this.#living = new Set(names);
    this.#merge = this.#mergeOf(names);
    const { name, seed, budgets, phases } = this.#scenario;
    return {
      ...{ name, seed, budgets, startedAt: this.#startedAt(), durationMs: this.#phases.durationMs },
      phases: phaseList(phases),
      groups: groupList(this.#scenario),
      targets: this.#targets.facts,
    };
  }

  take(generator: string, window: Window): void {
    if (this.#merge.take(generator, window)) this.#accounts.take(generator, window);
  }

  takeUse(second: number, targets: Readonly<Record<string, ProcessUse>>): void {
    this.#merge.takeUse(second, targets);
    this.#merge.tick();
  }

  /** @returns How many generators are left. */
  lose(generator: string, peers: PeersByGroup): number {
    const phase = this.#phases.name(this.#phases.indexAt(this.#elapsedMs()));
    for (const [group, value] of Object.entries(peers)) {
      const labels = { counter: "lost_peers", group, phase, label: "" } as const;
      if (value > 0) this.#merge.totals.addCount({ ...labels, value });
    }
    this.#living.delete(generator);
    this.#merge.lose(generator);
    return this.#living.size;
  }

  /** The load ends now; the last windows follow. */
  stop(): void {
    this.#endMs = this.#elapsedMs();
  }

  /** No window follows. */
  end(): void {
    this.#merge.end();
    const unheard = this.#start?.generators.unheard ?? new Map<string, Share>();
    const untilMs = Math.min(this.#endMs ?? 0, this.#phases.durationMs);
    for (const count of this.#accounts.settle(unheard, untilMs)) this.#merge.totals.addCount(count);
  }

  result(end: RunEnd): LoadTestResult {
    const { name, seed, text } = this.#scenario;
    const run = this.#measured();
    const budgets = this.#budgets.map((budget) => judgeBudget(budget, run));
    if (end.kind === "over") budgets.push(...brokenImplicitly(this.#budgets, run));
    const { fault } = this.#accounts;
    const { totals, seconds, groups, targets, phases, durationMs } = run;
    return {
      ...{ format: "troupe-load-test", version: 1, name, seed, scenario: text },
      ...{ startedAt: this.#startedAt(), durationMs, phases, groups, targets, seconds, budgets },
      generators: this.#start?.generators.facts ?? [],
      histograms: totals.histograms(),
      counts: totals.counts(),
      outcome: outcomeOf(end, { totals, budgets, groups, fault, parts: this.#partsJudged(run) }),
    };
  }

  /** The figures so far: what a leader that dies leaves behind. */
  #partial(): LoadTestResult {
    return { ...this.result({ kind: "stopped" }), outcome: { kind: "partial" } };
  }

  /** Phases that budgets on latencies name. */
  #partsJudged(run: MeasuredRun): (readonly string[])[] {
    return this.#budgets.flatMap(({ quantity }) => {
      if (quantity.kind !== "latency") return [];
      const { phases } = partOf(quantity.selection, quantity, run);
      return phases === undefined ? [] : [phases];
    });
  }

  #mergeOf(generators: readonly string[]): RunMerge {
    const { nowMs } = this.#parts;
    const seconds = Math.ceil(this.#phases.durationMs / 1_000);
    const onSecond = (second: Second): void => this.#secondEnded(second);
    return new RunMerge({ generators, seconds, nowMs, onSecond, awaitsUse: true });
  }

  #secondEnded(second: Second): void {
    const { onSecond, broken } = this.#parts;
    const soFar = this.#measured();
    if (onSecond !== undefined) callSafely(() => onSecond(second, soFar, () => this.#partial()));
    const budget = this.#watch.judge(soFar);
    if (budget !== undefined) broken(budget);
  }

  #measured(): MeasuredRun {
    const { totals, seconds } = this.#merge;
    const durationMs = Math.min(this.#endMs ?? this.#elapsedMs(), this.#phases.durationMs);
    return {
      ...{ durationMs, totals, seconds, targets: this.#targets.facts },
      phases: phaseList(this.#scenario.phases, durationMs),
      groups: groupList(this.#scenario),
    };
  }

  #elapsedMs(): number {
    return this.#start === undefined ? 0 : Math.max(0, this.#parts.nowMs() - this.#start.startMs);
  }

  #startedAt(): string {
    return new Date(this.#start?.startEpochMs ?? Date.now()).toISOString();
  }
}

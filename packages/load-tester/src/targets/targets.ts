// The targets of a run, as the leader sees them. `open-targets.ts` makes them.

import type { Ports } from "@troupe/actor-runtime";
import type { ReadyTarget, ReadyTorrent } from "../generator/generator.messages.ts";
import type { ProcessUse, TargetFacts } from "../results/result.ts";
import type { AddressRule } from "../rules/address-rule.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** Parts of {@link OpenTargets}. */
export interface TargetOptions {
  /** Unruled: `openTargets` applies the rule itself. */
  readonly ports: Ports;
  readonly rule: AddressRule;
  /** Torrents of the scenario, by name. */
  readonly torrents: readonly ReadyTorrent[];
  /** The `troupe` command: a program and its first words, absolute paths. */
  readonly ownCommand: readonly string[];
  /** Ends the start. */
  readonly signal?: AbortSignal;
}

/** A started target has ended. */
export interface TargetEnd {
  readonly name: string;
  /** One sentence: how it ended, and the end of its output. */
  readonly message: string;
}

/** All targets of a run, ready. Disposal ends what was started, within 5 s, and leaves no file or process. */
export interface Targets extends AsyncDisposable {
  readonly ready: readonly ReadyTarget[];
  /**
   * Facts for the report. Local targets have their base memory once `measureBase` has settled.
   */
  readonly facts: readonly TargetFacts[];
  /** Takes 2 s when a target is a local process, and no time otherwise. Call it before the first connect. */
  measureBase(): Promise<void>;
  /** Use of local targets by name, each since the last call; a process that has ended has none. */
  use(): Readonly<Record<string, ProcessUse>>;
  /** Settles with the first started target that ends before the disposal. */
  readonly ended: Promise<TargetEnd>;
}

/**
 * Resolves running targets, starts the others, and waits until each answers.
 *
 * @throws TroupeError, one sentence, nothing left running: `target-not-allowed`, `hostile-not-allowed`,
 *   `target-unreachable`, `program-not-installed`, `target-failed`, `too-little-space`.
 */
export type OpenTargets = (scenario: Scenario, options: TargetOptions) => Promise<Targets>;

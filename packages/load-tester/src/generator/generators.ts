// Generators of a run, wherever they are: threads of this process, or agents on other machines.

import type { LoadEnd } from "@troupe/load-peers";
import type { GeneratorFacts } from "../results/result.ts";
import type { Window } from "../measures/measures.ts";
import type { ReadyTarget, ReadyTorrent } from "./generator.messages.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Share } from "../plan/plan.ts";
import type { AddressRule } from "../rules/address-rule.ts";

/** Shares of a run that an agent divides among its threads: `first`, `first` + 1, … of `of`. */
export interface ShareRange {
  readonly first: number;
  /** Shares that the leader gave to this agent: one for each of its threads. */
  readonly count: number;
  readonly of: number;
}

/** A run that generators prepare for. The generators divide it among themselves. */
export interface GeneratorRun {
  readonly run: string;
  readonly scenario: Scenario;
  readonly targets: readonly ReadyTarget[];
  readonly torrents: readonly ReadyTorrent[];
  readonly rule: AddressRule;
  /** Without it these generators run the whole plan. */
  readonly shares?: ShareRange;
}

/** Numbers of peers by group. */
export type PeersByGroup = Readonly<Record<string, number>>;

/** Events of generators for the leader. */
export interface GeneratorEvents {
  /** A second of one generator; each once, in order for a generator. */
  readonly window: (generator: string, window: Window) => void;
  /** A generator died, with the peers that were there. */
  readonly lost: (generator: string, peers: PeersByGroup, reason: string) => void;
}

/** All generators of a run. Disposal leaves no thread, socket or timer. */
export interface Generators extends AsyncDisposable {
  readonly facts: readonly GeneratorFacts[];
  /** Shares whose windows did not all come, by the name of the generator: it was lost, or messages of it. */
  readonly unheard: ReadonlyMap<string, Share>;
  /** @throws TroupeError: the first refusal of a generator. */
  prepare(run: GeneratorRun): Promise<void>;
  begin(atEpochMs: number): void;
  /**
   * Ends the load; resolves when all windows are in, after 2 s at the latest, and the time of the drain.
   * @param how `drained`: generators whose time is over drain by themselves. A second call may cut the drain.
   */
  end(how: LoadEnd): Promise<void>;
}

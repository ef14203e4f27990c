// A load: what one group does in one generator. The generator keeps the times; loads act at its call.

import type { Ports } from "@troupe/actor-runtime";
import type { LoadEnd } from "@troupe/load-peers";
import type { Recorder } from "../measures/measures.ts";
import type { RateIntents, Share, Visit } from "../plan/plan.ts";
import type { AddressRule } from "../rules/address-rule.ts";
import type { Group } from "../scenario/scenario.ts";
import type { ReadyTarget, ReadyTorrent } from "./generator.messages.ts";

/** Parts of a load. */
export interface LoadParts {
  readonly ports: Ports;
  readonly group: Group;
  readonly target: ReadyTarget;
  /** Torrent of peers and hostile peers. */
  readonly torrent: ReadyTorrent | undefined;
  readonly recorder: Recorder;
  /** Applied to every address before a connect or a datagram. */
  readonly rule: AddressRule;
  /** Seed of the scenario. */
  readonly seed: number;
  /** Share of this generator: the clients of other shares are members that it never sees. */
  readonly share: Share;
  /** Local address of a peer, from the scenario's `sources`; undefined: the system's choice. */
  readonly sourceOf: (peer: number) => string | undefined;
}

/** The load of one group in one generator. */
export interface RunningLoad {
  /** Questions that wait for their answer now. */
  readonly outstanding: number;
  /** An answer, a connection or a handshake is awaited. */
  readonly isWaiting: boolean;
  /** A peer comes, now. @param plannedMs By the thread's clock. */
  arrive(visit: Visit, plannedMs: number): void;
  /**
   * An intent of an open load is due. The load tells the recorder, and accounts for it.
   * @param intendedMs By the thread's clock.
   */
  act(intents: RateIntents, index: number, intendedMs: number): void;
  /** The load is over: nothing more is sent; answers are still read. */
  drain(): void;
  /** Accounts for what still waits, and closes everything within 1 s. */
  end(how: LoadEnd): Promise<void>;
}

/** Makes a load, before the run: opens files, draws nothing, connects nothing. */
export type StartLoad = (parts: LoadParts) => Promise<RunningLoad>;

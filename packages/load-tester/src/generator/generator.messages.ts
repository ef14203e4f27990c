// Messages between the leader of a run and its generators.

import type { Call, Cast, Notice } from "@troupe/actor-runtime";
import type { LoadEnd } from "@troupe/load-peers";
import type { ThreadWindow } from "../measures/measures.ts";
import type { Share } from "../plan/plan.ts";
import type { AddressRule } from "../rules/address-rule.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** A target that can be reached now. */
export interface ReadyTarget {
  readonly name: string;
  readonly kind: "peer" | "tracker" | "dht";
  /** Numeric, of a peer or node. */
  readonly host: string;
  readonly port: number;
  /** Announce URL of a tracker. */
  readonly url: string | undefined;
}

/** A torrent of the scenario, ready for peers. */
export interface ReadyTorrent {
  readonly name: string;
  /** Bytes of the .torrent. */
  readonly metainfo: Uint8Array;
  readonly content:
    | { readonly kind: "pattern" }
    /** Absolute path of the folder with the content. */
    | { readonly kind: "folder"; readonly path: string }
    | { readonly kind: "unknown" };
}

/** The run for which a generator prepares. */
export interface PrepareRun {
  readonly run: string;
  readonly scenario: Scenario;
  readonly share: Share;
  readonly targets: readonly ReadyTarget[];
  readonly torrents: readonly ReadyTorrent[];
  readonly rule: AddressRule;
}

/** Whether a generator can run its share. */
export type GeneratorAnswer =
  | { readonly kind: "ready"; readonly remarks: readonly string[] }
  | { readonly kind: "refused"; readonly code: string; readonly message: string };

/** Messages of a generator. */
export type GeneratorProtocol = {
  /** Draws the plan, opens content and makes peers; opens no connection. */
  readonly prepare: Call<PrepareRun, GeneratorAnswer>;
  /** The run starts at this epoch time. */
  readonly begin: Cast<{ readonly atEpochMs: number }>;
  /** Ends the load, with or without its drain; the last windows and `run-ended` follow. */
  readonly end: Cast<{ readonly how: LoadEnd }>;
  readonly "window-ended": Notice<{ readonly window: ThreadWindow }>;
  readonly "run-ended": Notice<{}>;
};

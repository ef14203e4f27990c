import type { Address } from "@troupe/actor-runtime";

import type { PacketSize } from "./packet-size.ts";
import type { UtpIds } from "./utp-outlet.ts";

/**
 * Life of a connection. `connected`: bytes flow both ways. `ending`: `end` was called, or the other side ended; the queue
 * is sent, then a fin. `answering`: the owner knows of the end; repeated packets of the other side are still answered.
 */
export type Life =
  | { readonly name: "syn-sent"; readonly untilMs: number; readonly isEnding: boolean }
  | { readonly name: "connected" }
  | { readonly name: "ending"; readonly untilMs: number }
  | { readonly name: "answering"; readonly untilMs: number }
  | { readonly name: "closed" };

/** Bytes flow. */
export const connected: Life = { name: "connected" };
/** Nothing more comes. */
export const closed: Life = { name: "closed" };

/** Beginning of a connection. */
export interface UtpBeginning {
  readonly remote: Address;
  readonly local: Address;
  readonly ids: UtpIds;
  /** Our first sequence number. */
  readonly seq: number;
  readonly size: PacketSize;
}

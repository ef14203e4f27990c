// What travels between two ends of a link, and the little that a link asks of its transport.

import type { FailureData } from "../failure.ts";

/** Kinds of entries in a frame. */
export const EntryKind = { cast: 0, notice: 1, call: 2, reply: 3, failure: 4 } as const;

/** One message, reply or failure. Calls are numbered by the caller; the answer carries the call's number. */
export type Entry =
  | readonly [kind: typeof EntryKind.cast, name: string, message: unknown]
  | readonly [kind: typeof EntryKind.notice, name: string, message: unknown]
  | readonly [kind: typeof EntryKind.call, name: string, message: unknown, call: number]
  | readonly [kind: typeof EntryKind.reply, call: number, reply: unknown]
  | readonly [kind: typeof EntryKind.failure, call: number, failure: FailureData];

/**
 * Everything that one end says in one turn of its event loop.
 *
 * `handled` counts messages of the other end that have been handled since the last frame: so many credits go
 * back. The epochs name the two incarnations; a frame of or for a dead one is dropped.
 */
export type Frame = readonly [
  fromEpoch: number,
  toEpoch: number,
  handled: number,
  entries: readonly Entry[],
];

/** One end of a two-way, ordered, lossless transport. */
export interface Wire {
  /**
   * Sends `frame`, encoded during the call. It is delivered in a later turn, never within the call.
   * @throws when a message is not plain data.
   */
  send(frame: Frame): void;
  /** Starts delivery; frames that arrived before are delivered first. Called once. */
  open(onFrame: (frame: Frame) => void): void;
  /** Runs `task` once, at the end of this turn: when a link sends what it has gathered. */
  soon(task: () => void): void;
  /** Delivers at once, in order, what has arrived and waits for its turn. */
  drain(): void;
  /** Nothing is delivered at this end afterwards. What was sent still arrives at the other. */
  close(): void;
}

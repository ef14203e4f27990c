import type { FailureData } from "../failure.ts";

/** Kinds of entries in a frame. */
export const EntryKind = { cast: 0, notice: 1, call: 2, reply: 3, failure: 4 } as const;

/** The caller numbers its calls; the answer carries the number. */
export type Entry =
  | readonly [kind: typeof EntryKind.cast, name: string, message: unknown]
  | readonly [kind: typeof EntryKind.notice, name: string, message: unknown]
  | readonly [kind: typeof EntryKind.call, name: string, message: unknown, call: number]
  | readonly [kind: typeof EntryKind.reply, call: number, reply: unknown]
  | readonly [kind: typeof EntryKind.failure, call: number, failure: FailureData];

/**
 * The messages of one end in one turn. `handled` returns credits: messages of the other end handled since the last
 * frame. Frames of or for a dead incarnation, by its epoch, are dropped.
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
   * Encodes `frame` during the call and delivers it in a later turn.
   * @throws when a message is not plain data.
   */
  send(frame: Frame): void;
  /** Delivers earlier frames first. Called once. */
  open(onFrame: (frame: Frame) => void): void;
  /** At the end of this turn, when a link sends its frame. */
  soon(task: () => void): void;
  /** At once, in order. */
  drain(): void;
  /** Sent frames still arrive at the other end. */
  close(): void;
}

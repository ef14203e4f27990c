import type { FailureData } from "../failure.ts";

/** Kinds of entries in a frame. */
export const EntryKind = { cast: 0, notice: 1, call: 2, reply: 3, failure: 4 } as const;

/** A message, reply or failure. The caller numbers its calls; the answer carries the number. */
export type Entry =
  | readonly [kind: typeof EntryKind.cast, name: string, message: unknown]
  | readonly [kind: typeof EntryKind.notice, name: string, message: unknown]
  | readonly [kind: typeof EntryKind.call, name: string, message: unknown, call: number]
  | readonly [kind: typeof EntryKind.reply, call: number, reply: unknown]
  | readonly [kind: typeof EntryKind.failure, call: number, failure: FailureData];

/**
 * All messages of one end in one turn. `handled` returns credits: messages of the other end handled since the last
 * frame.
 * The epochs name the two incarnations; frames of or for a dead incarnation are dropped.
 */
export type Frame = readonly [
  fromEpoch: number,
  toEpoch: number,
  handled: number,
  entries: readonly Entry[],
];

/** One end of a two-way, ordered, lossless transport: all that a link needs of it. */
export interface Wire {
  /**
   * Encodes `frame` during the call and delivers it in a later turn.
   * @throws when a message is not plain data.
   */
  send(frame: Frame): void;
  /** Starts delivery, with earlier frames first. Called once. */
  open(onFrame: (frame: Frame) => void): void;
  /** Runs `task` at the end of this turn: when a link sends its frame. */
  soon(task: () => void): void;
  /** Delivers the waiting frames at once, in order. */
  drain(): void;
  /** Ends delivery at this end. Sent frames still arrive at the other. */
  close(): void;
}

// The interface of a picker of the user's program (docs/extending.md).

import type { TorrentShape } from "@troupe/messages";

/** The default export of a module with a picker. Called at the start of each run. */
export type PickerModule = (torrent: TorrentShape) => TorrentPicker;

/** Chooses the pieces of a torrent that are requested next. */
export interface TorrentPicker {
  /**
   * Answers at once: the engine waits.
   *
   * @returns At most `question.count` candidates of the question, best first. With none, the peer is asked about again
   *   after a second; other peers go on.
   */
  pick(question: PickQuestion): Iterable<number>;
  /** The run has ended, or another picker takes over. */
  close?(): void;
}

/** A question for pieces of a peer. Its candidates are missing, wanted pieces that the peer has and may be asked for. */
export interface PickQuestion {
  readonly count: number;
  /** Monotonic. */
  readonly nowMs: number;
  /**
   * @param limit Default: no limit. A torrent may have millions of pieces.
   * @param from Within each priority, pieces below it come last. Rounded down to a multiple of 32. Default 0.
   * @returns Candidates, the highest priority first, then by index.
   */
  readonly candidates: (limit?: number, from?: number) => number[];
  readonly isCandidate: (piece: number) => boolean;
  /** 1 or more for a wanted piece. */
  readonly priorityOf: (piece: number) => number;
  /** Connected peers that have the piece. */
  readonly peersWith: (piece: number) => number;
}

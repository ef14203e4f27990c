// The plan, the report and the thread data of one run.

import type { MessagePort } from "node:worker_threads";

/** One transfer: a single-file torrent from one seeder. */
export interface Plan {
  readonly port: number;
  /** 40 hex digits. */
  readonly infoHash: string;
  readonly totalBytes: number;
  readonly pieceLengthBytes: number;
  /** SHA-1 of each piece, in hex, one after the other. */
  readonly pieceHashes: string;
  /** Absolute path of the file to write. */
  readonly target: string;
  readonly memoryBytes: number;
  readonly hashThreads: number;
  /** After its report the process waits for a line on its standard input, so that its threads can be looked at. */
  readonly isHeld?: boolean;
}

/** Figures that a run prints, from the moment every thread is up to the last byte written. */
export interface TransferReport {
  readonly seconds: number;
  /** User and system time of all its threads. */
  readonly cpuSeconds: number;
  /** How late the engine thread's event loop ran. */
  readonly loopDelayMs: { readonly p999: number; readonly max: number };
}

/** The start data of a thread. */
export interface ThreadData {
  readonly plan: Plan;
  readonly slab: SharedArrayBuffer;
  /** To the engine. */
  readonly link: MessagePort;
}

/** Length of a piece; the last may be shorter. */
export function pieceLength(plan: Plan, piece: number): number {
  return Math.min(plan.pieceLengthBytes, plan.totalBytes - piece * plan.pieceLengthBytes);
}

import type { Clock } from "../../ports/clock.ts";
import type { Disk } from "../../ports/disk.ts";
import type { Timers } from "../../ports/timers.ts";

/** A call before its execution. */
export interface DiskCall {
  /** Counted from 1. */
  readonly number: number;
  readonly operation: keyof Disk | "get" | "all" | "commit" | "add" | "sums";
  /** The path of the call; for an open file, the path of its opening. */
  readonly path: string;
  /** To read, write or set; else 0. */
  readonly lengthBytes: number;
}

/** The error code of a call; undefined lets it pass. */
export type DiskFault = (call: DiskCall) => string | undefined;

/** Parts of a simulated disk. */
export interface SimulatedDiskOptions {
  readonly clock: Clock;
  /** For calls beside others; without timers they end in a later microtask. */
  readonly timers?: Timers;
  /** For pages of files. Default 2⁴⁰ bytes. */
  readonly capacityBytes?: number;
  /** Names that differ in case alone are one name. Default false. */
  readonly ignoresCase?: boolean;
  readonly device?: bigint;
  /** Also of failed calls. */
  readonly log?: (call: DiskCall) => void;
}

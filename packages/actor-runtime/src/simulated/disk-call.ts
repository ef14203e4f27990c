import type { Clock } from "../ports/clock.ts";
import type { Disk } from "../ports/disk.ts";
import type { Timers } from "../ports/timers.ts";

/** A call of a disk, before its execution. */
export interface DiskCall {
  /** Counted from 1. */
  readonly number: number;
  readonly operation: keyof Disk | "get" | "all" | "commit";
  /** For calls on an open file: the path of its opening. */
  readonly path: string;
  /** Bytes to read or write, or the new length; else 0. */
  readonly lengthBytes: number;
}

/** The error code of a call, which then has no effect; undefined lets the call pass. */
export type DiskFault = (call: DiskCall) => string | undefined;

/** Parts of a simulated disk. */
export interface SimulatedDiskOptions {
  readonly clock: Clock;
  /** For calls that run beside others; without timers they end in a later microtask. */
  readonly timers?: Timers;
  /** Space for the pages of files. Default 2⁴⁰ bytes. */
  readonly capacityBytes?: number;
  readonly device?: bigint;
  /** Called for every call, also failed ones. */
  readonly log?: (call: DiskCall) => void;
}

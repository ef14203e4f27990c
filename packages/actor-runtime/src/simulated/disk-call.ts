// What a simulated disk is made of, and the calls that it tells of.

import type { Clock } from "../ports/clock.ts";
import type { Disk } from "../ports/disk.ts";
import type { Timers } from "../ports/timers.ts";

/** One call of a disk, before it is carried out. */
export interface DiskCall {
  /** Calls of this disk are numbered from 1. */
  readonly number: number;
  readonly operation: keyof Disk | "get" | "all" | "commit";
  /** For calls on an open file: the path that it was opened by. */
  readonly path: string;
  /** Bytes to read or write, or the new length; 0 for calls that have none. */
  readonly lengthBytes: number;
}

/** Says which error a call ends with, before it has done anything; undefined lets it through. */
export type DiskFault = (call: DiskCall) => string | undefined;

/** What a disk is made of. */
export interface SimulatedDiskOptions {
  readonly clock: Clock;
  /** For calls that go on beside others. Without them these end in a later microtask. */
  readonly timers?: Timers;
  /** Space for the pages of files. Default 2⁴⁰ bytes. */
  readonly capacityBytes?: number;
  readonly device?: bigint;
  /** Hears every call, also those that fail. */
  readonly log?: (call: DiskCall) => void;
}

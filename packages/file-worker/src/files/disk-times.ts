// Times of a file-worker's disk calls, behind its stamp (disk-stamp.ts), in histograms that the file-worker alone writes:
// reads, writes, syncs, and the reads whose bytes the system had in memory.

import type { Clock, Disk } from "@troupe/actor-runtime";
import { Histogram, histogramBytes } from "@troupe/messages";

const calls = ["read", "write", "sync", "memoryRead"] as const;

/** Bounds of a read from memory: the time to copy a byte, and the time of the call. Reads from a disk take longer. */
const copyMsPerByte = 0.5 / 2 ** 20;
const memoryCallMs = 0.1;

/** A kind of disk call; reads from memory are reads too. */
type TimedCall = (typeof calls)[number];

/** Bytes of the times. */
export const diskTimesBytes: number = calls.length * histogramBytes;

/** Times by the kind of the call. */
export type DiskTimes = Readonly<Record<TimedCall, Histogram>>;

/** The times in shared memory; default: in memory of this thread. */
export function diskTimes(memory?: SharedArrayBuffer, offset = 0): DiskTimes {
  const histogram = (index: number): Histogram =>
    memory === undefined ? new Histogram() : new Histogram(memory, offset + index * histogramBytes);
  return { read: histogram(0), write: histogram(1), sync: histogram(2), memoryRead: histogram(3) };
}

/** Adds times to others. */
export function addDiskTimes(to: DiskTimes, from: DiskTimes): void {
  for (const call of calls) to[call].add(from[call]);
}

/** @returns The time of all reads whose bytes the system did not have in memory. */
export function secondsOfDiskReads({ memoryRead, read }: DiskTimes): number {
  return read.seconds - memoryRead.seconds;
}

/** @param disk A disk of `stampedDisk`. @returns It, with the time of each read, write and sync recorded. */
export function timedDisk(disk: Disk, times: DiskTimes, clock: Pick<Clock, "nowMs">): Disk {
  const since = (call: TimedCall, begunAtMs: number): number => {
    const tookMs = clock.nowMs() - begunAtMs;
    times[call].record(tookMs / 1_000);
    return tookMs;
  };
  return {
    ...disk,
    read(file, views, position) {
      const begunAtMs = clock.nowMs();
      const bytes = disk.read(file, views, position);
      const tookMs = since("read", begunAtMs);
      if (tookMs < memoryCallMs + bytes * copyMsPerByte) times.memoryRead.record(tookMs / 1_000);
      return bytes;
    },
    write(file, views, position) {
      const begunAtMs = clock.nowMs();
      disk.write(file, views, position);
      since("write", begunAtMs);
    },
    syncLater(path, done) {
      const begunAtMs = clock.nowMs();
      disk.syncLater(path, (error, found) => {
        since("sync", begunAtMs);
        done(error, found);
      });
    },
  };
}

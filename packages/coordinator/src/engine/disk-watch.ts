// Whether the disk answers. Its thread cannot say so while it is stuck in a call, so the engine looks at its stamp four
// times a second:
//
//   answering ──2 s in one call──► slow ──30 s──► silent ──the call returned──► answering
//               a warning,          torrents wait in the state error,
//               no new pieces       and go on by themselves

import { DiskCallWatch, diskStampBytes } from "@troupe/file-worker";
import { say } from "../torrent/event-outbox.ts";
import { failTorrent, startTorrent } from "../torrent/lifecycle.ts";
import type { Engine } from "./engine-state.ts";

/** A disk call that takes this long makes the disk slow: no piece is begun meanwhile. */
export const slowAfterMs = 2_000;
/** A disk call that takes this long: the torrents are told that the disk does not answer. */
export const silentAfterMs = 30_000;

/** Code of the error that torrents wait in. */
const silentCode = "disk-not-answering";

type DiskState = "answering" | "slow" | "silent";

/** The stamp of the present file-worker, and what it has shown. */
export class DiskWatch {
  #watch: DiskCallWatch | undefined;
  #state: DiskState = "answering";

  get state(): DiskState {
    return this.#state;
  }

  /** Whether a disk call is under way at this very moment. */
  get isInCall(): boolean {
    return this.#watch?.isInCall ?? false;
  }

  /** Memory for the next incarnation of the file-worker, which is watched from now on. */
  nextStamp(): SharedArrayBuffer {
    const stamp = new SharedArrayBuffer(diskStampBytes);
    this.#watch = new DiskCallWatch(stamp);
    return stamp;
  }

  /** To be called four times a second. @returns Milliseconds that the call under way has lasted, 0 for none. */
  look(nowMs: number): number {
    const inCallMs = this.#watch?.inCallForMs(nowMs) ?? 0;
    if (inCallMs >= silentAfterMs) this.#state = "silent";
    else this.#state = inCallMs >= slowAfterMs ? "slow" : "answering";
    return inCallMs;
  }
}

/** One look, and what follows from it. */
export function watchDisk(engine: Engine): void {
  const before = engine.disk.state;
  const inCallMs = engine.disk.look(engine.context.clock.nowMs());
  const { state } = engine.disk;
  // At each look: one that was started meanwhile shall not wait for the disk without saying so.
  if (state === "silent") failTorrents(engine, inCallMs);
  if (state === before) return;
  engine.context.log(state === "answering" ? "info" : "warn", `disk-${state}`, { inCallMs });
  if (state === "slow") warnTorrents(engine, inCallMs);
  if (before === "silent") goOn(engine);
}

function warnTorrents(engine: Engine, inCallMs: number): void {
  const message = `the disk has been in one call for ${seconds(inCallMs)}: no further pieces are begun until it returns`;
  for (const job of engine.torrents.values()) {
    if (job.isRunning) say(engine, job, { event: "warning", code: "disk-slow", message });
  }
}

function failTorrents(engine: Engine, inCallMs: number): void {
  for (const job of engine.torrents.values()) {
    if (!job.isRunning && job.state !== "starting") continue;
    const message = `cannot read or write "${job.request.directory}": the disk has not returned from a call for ${seconds(inCallMs)}; the torrent goes on when it does`;
    failTorrent(engine, job, { code: silentCode, message });
  }
}

/** What was under way when it fell silent is not known: the files are hashed again by the start. */
function goOn(engine: Engine): void {
  for (const job of engine.torrents.values()) {
    if (job.state === "error" && job.fault?.code === silentCode) startTorrent(engine, job);
  }
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1_000)} s`;
}

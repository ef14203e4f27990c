// Whether the disk of the state folder answers. Running torrents continue: their records list files as open for writing
// from the first write on. A torrent that needs its record first waits for it.
//
//   answering ──2 s in one call──► slow ──30 s──► silent ──the call returned──► answering
//               a warning           torrents that wait for their record
//                                   wait in the state error, and continue by themselves

import { silentDiskCode } from "../../silent-disk.ts";
import type { TorrentJob } from "../../torrent/torrent-job.ts";
import type { Engine } from "../base/engine-state.ts";
import { spellSeconds } from "./disk-watch.ts";

/** Looks at the disk of the state folder, four times a second. */
export function watchRecords(engine: Engine): void {
  const { context, records } = engine;
  const before = records.watch.state;
  const inCallMs = records.watch.look(context.clock.nowMs());
  const { state } = records.watch;
  // At each look, so that a torrent started meanwhile fails too.
  if (state === "silent") failWaiting(engine, inCallMs);
  if (state === before) return;
  context.log(state === "answering" ? "info" : "warn", `records-${state}`, { inCallMs });
  if (state === "slow" && before === "answering") warnTorrents(engine, inCallMs);
  if (before === "silent") startWaiting(engine);
}

function warnTorrents(engine: Engine, inCallMs: number): void {
  const message = `the state folder "${engine.options.stateDirectory}" has been in one disk call for ${spellSeconds(inCallMs)}: nothing is recorded until it returns. Torrents that are being written continue; the others wait for their record`;
  for (const job of engine.torrents.values()) {
    if (!isRecorded(job) || (!job.isRunning && !isWaiting(job))) continue;
    job.outbox.emit({ event: "warning", code: "state-not-kept", message });
  }
}

function failWaiting(engine: Pick<Engine, "options" | "torrents">, inCallMs: number): void {
  const message = `cannot start without a record: the state folder "${engine.options.stateDirectory}" has not returned from a disk call for ${spellSeconds(inCallMs)}`;
  const fault = { code: silentDiskCode, message, continuesOnce: "it does" };
  for (const job of engine.torrents.values()) {
    if (isRecorded(job)) job.life.dispatch({ event: "disk-silent", disk: "records", fault });
  }
}

function startWaiting(engine: Pick<Engine, "torrents">): void {
  for (const job of engine.torrents.values()) {
    if (isRecorded(job)) job.life.dispatch({ event: "disk-answered" });
  }
}

function isRecorded({ request }: TorrentJob): boolean {
  return request.home?.kind === "database" && request.mode !== "check-only";
}

function isWaiting({ state }: TorrentJob): boolean {
  return state === "starting";
}

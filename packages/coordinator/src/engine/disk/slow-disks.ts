import type { TorrentFault } from "@troupe/messages";
import { silentDiskCode } from "../../silent-disk.ts";
import type { TorrentJob } from "../../torrent/torrent-job.ts";
import type { DiskHandle } from "../base/disk-handle.ts";
import type { Engine } from "../base/engine-state.ts";
import { spellSeconds } from "./disk-watch.ts";

/** Warns, fails or resumes the torrents of each disk. */
export function watchDisks(engine: Pick<Engine, "context" | "disks" | "torrents">): void {
  for (const disk of engine.disks) if (disk.isWanted) watchDisk(engine, disk);
}

function watchDisk(engine: Pick<Engine, "context" | "torrents">, disk: DiskHandle): void {
  const { name, watch } = disk;
  const before = watch.state;
  const inCallMs = watch.look(engine.context.clock.nowMs());
  const { state } = watch;
  // At each look, so that a torrent started meanwhile fails too.
  if (state === "silent") failTorrents(engine, disk, inCallMs);
  if (state === before) return;
  const level = state === "answering" ? "info" : "warn";
  engine.context.log(level, `disk-${state}`, { name, inCallMs });
  if (state === "slow") warnTorrents(engine, disk, inCallMs);
  if (before === "silent") resumeTorrents(engine, disk);
}

function torrentsOf({ torrents }: Pick<Engine, "torrents">, disk: DiskHandle): TorrentJob[] {
  return [...torrents.values()].filter((job) => job.disk === disk && job.storage.isDiskFound);
}

function warnTorrents(
  engine: Pick<Engine, "context" | "torrents">,
  disk: DiskHandle,
  inCallMs: number,
): void {
  for (const job of torrentsOf(engine, disk)) {
    if (!job.isRunning) continue;
    const { store } = job.storage;
    const place = store === undefined ? `disk of "${job.request.directory}"` : `store ${store}`;
    const message = `the ${place} has been in one call for ${spellSeconds(inCallMs)}: no further pieces are begun until it returns`;
    job.outbox.emit({ event: "warning", code: "disk-slow", message });
  }
}

function failTorrents(engine: Pick<Engine, "torrents">, disk: DiskHandle, inCallMs: number): void {
  for (const job of torrentsOf(engine, disk)) {
    const fault = silentFault(job, inCallMs);
    job.life.dispatch({ event: "disk-silent", disk: "data", fault });
  }
}

/** A module that has not returned has broken its promise: its torrents wait for the user. */
function silentFault({ request, storage }: TorrentJob, inCallMs: number): TorrentFault {
  const seconds = spellSeconds(inCallMs);
  if (storage.store !== undefined) {
    const message = `cannot read or write the data: the store ${storage.store} has not returned from a call for ${seconds}`;
    return { code: "store-not-answering", message };
  }
  const message = `cannot read or write "${request.directory}": the disk has not returned from a call for ${seconds}`;
  return { code: silentDiskCode, message, continuesOnce: "it does" };
}

/** The results of calls under way when the disk fell silent are unknown: the start hashes the files again. */
function resumeTorrents(engine: Pick<Engine, "torrents">, disk: DiskHandle): void {
  for (const job of torrentsOf(engine, disk)) {
    job.life.dispatch({ event: "disk-answered" });
  }
}

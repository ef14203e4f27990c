// One file-worker and one check pool a device, so that a disk that hangs stops only the torrents of its own device.
//
//   free ──a folder on a device of its own──► awake ──30 s unused──► ending ──its thread has ended──► free
//
// A torrent goes to the device that its folder is on when it starts. A module with a store of the user is a device of its
// own.

import { ActorError, type PoolHandle, type Sender } from "@troupe/actor-runtime";
import { isAtRest } from "../../torrent/lifecycle/run.ts";
import type { TorrentJob } from "../../torrent/torrent-job.ts";
import type { DiskHandle } from "./disk-handle.ts";
import type { Engine } from "./engine-state.ts";

/** The parts of the engine that find and start file-workers. */
export type DiskServices = Pick<Engine, "context" | "disks" | "options" | "supervision">;

/** Devices with a file-worker of their own; further devices share the last. */
export const mostFileWorkers = 8;
/** Modules with stores at once: the other file-workers are left to folders. A further one is refused, `store-limit`. */
export const mostStores = 4;
/** A file-worker without torrents ends after this time. */
export const idleAfterMs = 30_000;
const descriptorsAThread = 10;

/** A thread that is killed while it starts must not fail a torrent. */
const startTries = 3;

/**
 * Finds the handle of a folder's device, and starts its file-worker.
 *
 * @param seen The folder's device, if just seen. Default: the engine looks.
 * @throws rejects with ActorError `disk-not-answering` when looking takes over 2 s, `start-failed` when no file-worker can
 *   be started.
 */
export async function diskOfFolder(
  engine: DiskServices,
  folder: string,
  seen?: bigint,
): Promise<DiskHandle> {
  const { disks } = engine;
  const device = seen ?? (await lookUpDevice(engine, folder));
  const disk = diskFor(disks, device);
  disk.devices.add(device);
  await startFileWorker(engine, disk);
  return disk;
}

/**
 * Finds the handle of a store's module, and starts its file-worker.
 *
 * @throws rejects with ActorError `store-limit`, or `start-failed` as of {@link diskOfFolder}.
 */
export async function diskOfStore(engine: DiskServices, url: string): Promise<DiskHandle> {
  const { disks } = engine;
  const stores = disks.filter(({ store }) => store !== undefined);
  const disk =
    stores.find(({ store }) => store === url) ??
    (stores.length < mostStores ? disks.find(isFree) : undefined);
  if (disk === undefined) {
    const why =
      stores.length < mostStores
        ? `all ${disks.length} threads have folders or other stores`
        : `${stores.length} stores are open, and ${mostStores} are allowed`;
    throw new ActorError("store-limit", { message: `cannot open the store ${url}: ${why}` });
  }
  disk.store = url;
  await startFileWorker(engine, disk);
  return disk;
}

async function lookUpDevice(engine: DiskServices, folder: string): Promise<bigint> {
  const { context, disks } = engine;
  // Starts while the first folder is looked at. The caller that needs it gets the error.
  if (!disks.some(({ isWanted }) => isWanted))
    startFileWorker(engine, diskFor(disks)).catch(() => undefined);
  return (await context.folders.look(folder)).device;
}

/** The handle with this name. */
export function diskNamed({ disks }: Pick<Engine, "disks">, name: string): DiskHandle | undefined {
  return disks.find((disk) => disk.name === name);
}

/** @throws if the sender is no file-worker. */
export function diskFrom(engine: Pick<Engine, "disks">, { name }: Sender): DiskHandle {
  const disk = diskNamed(engine, name);
  if (disk === undefined) throw new Error(`bug: ${name} is no file-worker`);
  return disk;
}

/** Called once a second. */
export function endIdleDisks(engine: DiskServices & Pick<Engine, "torrents">): void {
  const { context, disks, supervision } = engine;
  const nowMs = context.clock.nowMs();
  for (const disk of disks) {
    if (!disk.isWanted) continue;
    if (disk.isBusy || isNeeded(engine, disk)) disk.usedAtMs = nowMs;
    if (nowMs - disk.usedAtMs < idleAfterMs) continue;
    disk.isWanted = false;
    void supervision.supervisor?.stopChild(disk.name).then(() => shareOpenFiles(engine));
  }
}

/** Unless the file-worker is wanted again, the handle is free for another device. */
export function diskEnded(engine: Pick<Engine, "disks">, name: string): void {
  const disk = diskNamed(engine, name);
  if (disk === undefined || disk.isWanted) return;
  disk.devices.clear();
  disk.store = undefined;
}

/** A file-worker's part of the files that the process may have open. */
export function openFilesEach({ disks, options }: Pick<Engine, "disks" | "options">): number {
  const count = Math.max(1, disks.filter(({ isWanted }) => isWanted).length);
  const { openFiles } = options.descriptors;
  return Math.max(1, Math.floor((openFiles - descriptorsAThread * (count - 1)) / count));
}

/** The check pools of all devices as one line of the tree. */
export function checkPoolsOf(disks: readonly DiskHandle[]): PoolHandle {
  const sum = (field: "threads" | "queued" | "restarts" | "abandoned"): number =>
    disks.reduce((total, { openedCheckPool }) => total + (openedCheckPool?.[field] ?? 0), 0);
  return {
    get threads() {
      return sum("threads");
    },
    get queued() {
      return sum("queued");
    },
    get restarts() {
      return sum("restarts");
    },
    get abandoned() {
      return sum("abandoned");
    },
    async close() {
      const pools = disks.map(({ openedCheckPool }) => openedCheckPool);
      await Promise.all(pools.filter((pool) => pool !== undefined).map((pool) => pool.close()));
    },
  };
}

async function startFileWorker(engine: DiskServices, disk: DiskHandle): Promise<void> {
  const { supervisor } = engine.supervision;
  disk.usedAtMs = engine.context.clock.nowMs();
  if (supervisor === undefined) throw new ActorError("actor-gone", { message: "the engine ends" });
  const wasWanted = disk.isWanted;
  disk.isWanted = true;
  if (!wasWanted) shareOpenFiles(engine);
  for (let tries = startTries; ; tries--) {
    try {
      return await supervisor.startChild(disk.name);
    } catch (error) {
      if (tries > 1 && engine.supervision.supervisor !== undefined) continue;
      if (!wasWanted) disk.isWanted = false;
      throw error;
    }
  }
}

/** @param device Undefined: any free handle. */
function diskFor(disks: readonly DiskHandle[], device?: bigint): DiskHandle {
  const known = disks.find(({ devices }) => device !== undefined && devices.has(device));
  const disk = known ?? disks.find(isFree) ?? disks.findLast(({ store }) => store === undefined);
  if (disk === undefined) throw new Error("bug: an engine without places for file-workers");
  return disk;
}

function isFree({ devices, store }: DiskHandle): boolean {
  return devices.size === 0 && store === undefined;
}

function isNeeded({ torrents }: Pick<Engine, "torrents">, disk: DiskHandle): boolean {
  const needs = (job: TorrentJob): boolean => !isAtRest(job.life.run) || isRecordInThread(job);
  return [...torrents.values()].some(
    (job) => job.disk === disk && job.storage.isDiskFound && needs(job),
  );
}

/** Such a record exists only in the thread and would end with it. */
function isRecordInThread({ request: { home, mode } }: TorrentJob): boolean {
  return mode !== "check-only" && (home === undefined || home.kind === "memory");
}

function shareOpenFiles(engine: Pick<Engine, "disks" | "options">): void {
  const maxOpenFiles = openFilesEach(engine);
  for (const { calls } of engine.disks) calls.cast("limit-files", { maxOpenFiles });
}

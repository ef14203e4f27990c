import { asFault } from "@troupe/actor-runtime";
import type { TorrentFault } from "@troupe/messages";
import { diskOfFolder, diskOfStore, type DiskServices } from "../../engine/base/disk-handles.ts";
import { silentDiskCode } from "../../silent-disk.ts";
import type { TorrentJob } from "../torrent-job.ts";

/**
 * Gives the torrent to its folder's device, or to its store. Each start looks, since a folder may come back on another
 * device, and a torrent may get another store.
 *
 * @param device The device, if just seen. Default: the engine looks.
 * @returns Why the torrent cannot run, if so.
 */
export async function findDisk(
  engine: DiskServices,
  job: TorrentJob,
  signal: AbortSignal,
  device?: bigint,
): Promise<TorrentFault | undefined> {
  try {
    const { directory, modules } = job.request;
    const store = modules?.store;
    const disk = await (store === undefined
      ? diskOfFolder(engine, directory, device)
      : diskOfStore(engine, store));
    if (signal.aborted) return undefined;
    job.disk = disk;
    job.storage.store = store;
    job.storage.isDiskFound = true;
    return undefined;
  } catch (error) {
    const fault = asFault(error);
    if (fault.code !== silentDiskCode) return fault;
    return { ...fault, continuesOnce: "it does" };
  }
}

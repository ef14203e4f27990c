import { messageOf } from "@troupe/actor-runtime";
import type { DiskHandle } from "../base/disk-handle.ts";
import type { Engine } from "../base/engine-state.ts";

/**
 * Fails the torrents of a store whose thread has crashed. Its successor may have other bytes, or none, so that no piece
 * is had before the next start has hashed it.
 */
export function failStoreTorrents(
  { torrents }: Pick<Engine, "torrents">,
  disk: DiskHandle,
  error: unknown,
): void {
  if (disk.store === undefined) return;
  const message = `cannot read or write the data: the thread of the store ${disk.store} crashed: ${messageOf(error)}`;
  for (const job of torrents.values()) {
    if (job.disk === disk && job.storage.isDiskFound)
      job.life.fail({ code: "store-crashed", message });
  }
}

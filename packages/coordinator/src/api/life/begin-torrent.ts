import { beginStateOf } from "../options/add-options.ts";
import type { AddOptions } from "../options/generated/torrent-options.ts";
import type { TorrentProxy } from "../torrent-proxy.ts";

/**
 * Takes the lock of an added torrent that is to run; `resume` starts it.
 *
 * @param isRestored Waits 1 s at most; `resume` takes the lock if the disk does not answer.
 * @throws TroupeError `already-running`, `disk-not-answering`, `option-out-of-range`
 */
export async function beginTorrent(
  torrent: Pick<TorrentProxy, "info" | "mayRun" | "pause" | "permit" | "settings">,
  options: Pick<AddOptions, "start" | "state">,
  isRestored: boolean,
): Promise<void> {
  const state = beginStateOf(options);
  const { info, settings } = torrent;
  const isAtStop = !isRestored && info.hasMetadata && settings.values.stopAt === "metadata";
  if (state === "stopped" || isAtStop || !torrent.mayRun) return;
  // A restored torrent waits 1 s at most; its start takes the lock if the disk does not answer.
  await (isRestored ? torrent.permit.lockSoon() : torrent.permit.lock());
  if (state === "paused") torrent.pause();
}

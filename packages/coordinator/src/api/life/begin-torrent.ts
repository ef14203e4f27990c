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
  torrent: Pick<TorrentProxy, "lock" | "mayRun" | "pause">,
  options: Pick<AddOptions, "start" | "state">,
  isRestored: boolean,
): Promise<void> {
  const state = beginStateOf(options);
  if (state === "stopped" || !torrent.mayRun) return;
  await torrent.lock(isRestored);
  if (state === "paused") torrent.pause();
}

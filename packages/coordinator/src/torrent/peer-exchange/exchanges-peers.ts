import type { Engine } from "../../engine/base/engine-state.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** Whether peers of this torrent may name each other. A magnet without metadata is not known to be private. */
export function exchangesPeers(
  { settings }: Pick<Engine, "settings">,
  { content }: TorrentJob,
): boolean {
  return settings.values.peerExchange !== false && content?.metainfo.isPrivate !== true;
}

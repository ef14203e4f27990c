import { codeOf, messageOf, type Ports } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import { openPeerTorrent, type PeerTorrent } from "@troupe/load-peers";
import type { ReadyTorrent } from "../generator.messages.ts";

/** @throws TroupeError `content-unusable` */
export function openTorrent(
  { disk }: Pick<Ports, "disk">,
  torrent: ReadyTorrent | undefined,
): PeerTorrent {
  if (torrent === undefined) throw new TypeError("bug: the group has no torrent");
  const { name, metainfo, content } = torrent;
  try {
    return openPeerTorrent(disk, metainfo, content);
  } catch (cause) {
    const message = `cannot open the content of the torrent ${name}: ${messageOf(cause)}`;
    throw new TroupeError("content-unusable", message, { cause, details: { code: codeOf(cause) } });
  }
}

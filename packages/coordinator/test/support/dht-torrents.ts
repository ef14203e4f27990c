import type { TorrentId } from "@troupe/messages";
import { parseInfoHash } from "@troupe/protocol/units";
import type { DhtTorrent } from "../../src/engine/dht/dht-queue.ts";

/** A torrent of a test, whose fields it may change. */
export type DrawnDhtTorrent = { -readonly [Name in keyof DhtTorrent]: DhtTorrent[Name] };

/** A download with peers; `number` is its id and its info-hash. */
export function dhtTorrent(number: number, fields: Partial<DhtTorrent> = {}): DrawnDhtTorrent {
  return {
    id: number as TorrentId,
    infoHash: parseInfoHash(number.toString(16).padStart(40, "0")),
    nodes: [],
    isAnnounced: true,
    isSeed: false,
    isDownload: true,
    lacksPeers: false,
    ...fields,
  };
}

// `sync/torrentPeers`: the connected peers of one torrent.

import type { CommandResults } from "@troupe/control/commands";
import { jsonResponse, type ServiceResponse } from "../routes/route.ts";
import { constantsOf } from "./constants.ts";
import type { DialectCall } from "./dialect-call.ts";
import { rowOf } from "./named-torrents.ts";
import type { TorrentFields } from "./torrent-info.ts";

type PeerRow = CommandResults["peers"][number];

/** Numbers of responses go round. */
const mostResponses = 1_000_000;

/** Meanings of the letters. */
const meanings: Readonly<Record<string, string>> = {
  D: "the peer sends",
  d: "we want pieces, and the peer does not send",
  U: "we send",
  u: "the peer wants pieces, and we do not send",
  K: "the peer would send, and we want nothing",
  "?": "we would send, and the peer wants nothing",
  O: "optimistic slot",
  S: "snubbed",
  I: "incoming connection",
  H: "from the DHT",
  X: "from peer exchange",
  L: "from local discovery",
  E: "encrypted connection",
  e: "encrypted handshake",
  P: "connection over uTP",
};
/** Names of the transports. */
const transports: Readonly<Record<PeerRow["transport"], string>> = {
  tcp: "BT",
  utp: "μTP",
};
const { show_flags: showFlags, ...constants } = constantsOf("sync/torrentPeers");

/** Answers `sync/torrentPeers`: all peers each time, which clients take in place of the last ones. */
export async function syncPeers(call: DialectCall): Promise<ServiceResponse> {
  const { torrent } = await rowOf(call);
  const peers = await call.calls.ask("peers", torrent);
  const rid = (Math.max(0, call.fields.whole("rid") ?? 0) % mostResponses) + 1;
  return jsonResponse({
    rid,
    full_update: true,
    show_flags: showFlags,
    peers: Object.fromEntries(peers.map((peer) => [keyOf(peer), shownPeer(peer)])),
  });
}

function keyOf({ host, port }: PeerRow): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function shownPeer(peer: PeerRow): TorrentFields {
  const letters = peer.flags.split("");
  return {
    ...constants,
    ip: peer.host,
    port: peer.port,
    client: peer.client,
    connection: transports[peer.transport],
    progress: peer.haveShare,
    dl_speed: Math.round(peer.downBytesPerSecond),
    up_speed: Math.round(peer.upBytesPerSecond),
    downloaded: peer.downloadedBytes,
    uploaded: peer.uploadedBytes,
    flags: letters.join(" "),
    flags_desc: letters.map((letter) => `${letter} = ${meanings[letter] ?? "unknown"}`).join("\n"),
  };
}

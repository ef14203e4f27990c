// The fields about the peers of a torrent.

import type { CommandResults } from "@troupe/control/commands";
import type { Values } from "../values.ts";
import { peerConstants } from "../constants.ts";

type Peers = CommandResults["peers"];
type Peer = Peers[number];
type Source = Peer["sources"][number];

const constants: Values = Object.fromEntries(
  peerConstants.map(({ name, value }) => [name, value] as const),
);

/** The field `peers`. */
export function peersField(peers: Peers): readonly Values[] {
  return peers.map((peer) => ({
    ...constants,
    address: peer.host,
    bytes_to_client: peer.downloadedBytes,
    bytes_to_peer: peer.uploadedBytes,
    client_is_choked: peer.amChokedByPeer,
    client_is_interested: peer.amInterested,
    client_name: peer.client,
    flag_str: flagsOf(peer),
    is_encrypted: peer.encryption !== "none",
    is_downloading_from: isSending(peer),
    is_incoming: peer.isIncoming,
    is_utp: peer.transport === "utp",
    is_uploading_to: isGetting(peer),
    peer_is_choked: peer.isPeerChoked,
    peer_is_interested: peer.isPeerInterested,
    port: peer.port,
    progress: peer.haveShare,
    rate_to_client: Math.round(peer.downBytesPerSecond),
    rate_to_peer: Math.round(peer.upBytesPerSecond),
  }));
}

/** The counts of `peers_from` that the sources of addresses add to. */
const countOf: Readonly<Record<Source, string>> = {
  user: "from_cache",
  magnet: "from_cache",
  record: "from_cache",
  "tracker-local": "from_tracker",
  "tracker-internet": "from_tracker",
  "pex-local": "from_pex",
  "pex-internet": "from_pex",
  "local-discovery": "from_lpd",
  "dht-local": "from_dht",
  "dht-internet": "from_dht",
};

/** The field `peers_from`: each connected peer counts once. */
export function peersFrom(peers: Peers): Values {
  const counts: Record<string, number> = {
    ...{ from_cache: 0, from_dht: 0, from_incoming: 0, from_lpd: 0 },
    ...{ from_ltep: 0, from_pex: 0, from_tracker: 0 },
  };
  for (const { isIncoming, sources } of peers) {
    const [first] = sources;
    const name = isIncoming || first === undefined ? "from_incoming" : countOf[first];
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function isSending({ downBytesPerSecond }: Peer): boolean {
  return downBytesPerSecond > 0;
}

function isGetting({ upBytesPerSecond }: Peer): boolean {
  return upBytesPerSecond > 0;
}

/** The letters of the protocol, which clients explain to their users. */
function flagsOf(peer: Peer): string {
  const [first = ""] = peer.sources;
  const letters: readonly (readonly [letter: string, isSet: boolean])[] = [
    ["T", peer.transport === "utp"],
    ["O", peer.isOptimistic],
    ["D", isSending(peer)],
    ["d", !isSending(peer) && peer.amInterested],
    ["U", isGetting(peer)],
    ["u", !isGetting(peer) && peer.isPeerInterested],
    ["K", !peer.amChokedByPeer && !peer.amInterested],
    ["?", !peer.isPeerChoked && !peer.isPeerInterested],
    ["H", first.startsWith("dht-")],
    ["X", first.startsWith("pex-")],
    ["I", peer.isIncoming],
  ];
  return letters.flatMap(([letter, isSet]) => (isSet ? letter : [])).join("");
}

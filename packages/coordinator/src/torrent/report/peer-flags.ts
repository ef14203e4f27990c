import type { PeerStatus } from "@troupe/messages";

/** Below this rate a peer counts as sending nothing. */
const leastBytesPerSecond = 1;

/** The figures of a peer that its letters show. */
export type FlaggedPeer = Omit<PeerStatus, "flags">;

/** The letters, in the order in which they are shown. */
const flags: readonly (readonly [letter: string, isSet: (peer: FlaggedPeer) => boolean])[] = [
  ["D", (peer) => peer.amInterested && isSending(peer)],
  ["d", (peer) => peer.amInterested && !isSending(peer)],
  ["U", (peer) => peer.isPeerInterested && !peer.isPeerChoked],
  ["u", (peer) => peer.isPeerInterested && peer.isPeerChoked],
  ["O", ({ isOptimistic }) => isOptimistic],
  ["K", (peer) => !peer.amInterested && !peer.amChokedByPeer],
  ["?", (peer) => !peer.isPeerInterested && !peer.isPeerChoked],
  ["S", ({ isSnubbed }) => isSnubbed],
  ["I", ({ isIncoming }) => isIncoming],
  ["E", ({ encryption }) => encryption === "rc4"],
  ["e", ({ encryption }) => encryption === "handshake"],
  ["P", ({ transport }) => transport === "utp"],
  ["X", ({ sources }) => sources.some((source) => source.startsWith("pex-"))],
  ["L", ({ sources }) => sources.includes("local-discovery")],
  ["H", ({ sources }) => sources.some((source) => source.startsWith("dht-"))],
];

/** @returns The letters that earlier clients use. A capital letter: data flows. A small letter: no data flows. */
export function peerFlags(peer: FlaggedPeer): string {
  return flags
    .filter(([, isSet]) => isSet(peer))
    .map(([letter]) => letter)
    .join("");
}

function isSending({ amChokedByPeer, downBytesPerSecond }: FlaggedPeer): boolean {
  return !amChokedByPeer && downBytesPerSecond >= leastBytesPerSecond;
}

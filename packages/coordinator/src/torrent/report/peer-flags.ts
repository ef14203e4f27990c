import type { PeerStatus } from "@troupe/messages";

/** Below this a peer sends nothing. */
const leastBytesPerSecond = 1;

/** A peer, as its letters show it. */
export type FlaggedPeer = Omit<PeerStatus, "flags">;

/** In the order of the letters. */
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
  ["X", ({ sources }) => sources.some((source) => source.startsWith("pex-"))],
  ["L", ({ sources }) => sources.includes("local-discovery")],
  ["H", ({ sources }) => sources.some((source) => source.startsWith("dht-"))],
];

/** The letters of earlier clients: a capital letter happens, a small letter waits for the other side. */
export function peerFlags(peer: FlaggedPeer): string {
  return flags
    .filter(([, isSet]) => isSet(peer))
    .map(([letter]) => letter)
    .join("");
}

function isSending({ amChokedByPeer, downBytesPerSecond }: FlaggedPeer): boolean {
  return !amChokedByPeer && downBytesPerSecond >= leastBytesPerSecond;
}

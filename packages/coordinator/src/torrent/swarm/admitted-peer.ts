import type { Admit } from "@troupe/messages";
import { clientName, peerIdFromText, peerIdText } from "@troupe/protocol/peer";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import type { ConnectedPeer } from "./connected-peers.ts";

/** A peer or web seed at its admission. */
export function admittedPeer(
  { index }: PeerWorkerHandle,
  { host, port, peerId, isIncoming, version = "v1", webSeed }: Admit,
  { subscriber, nowMs }: { readonly subscriber: string | undefined; readonly nowMs: number },
): ConnectedPeer {
  return {
    worker: index,
    host,
    port,
    subscriber,
    peerId: peerIdText(peerId),
    isIncoming,
    isWebSeed: webSeed !== undefined,
    // A small integer takes no memory of its own.
    admittedAtMs: Math.floor(nowMs),
    version,
    passedPieces: 0,
    rowIndex: undefined,
  };
}

/** The client of a peer, for users. */
export function nameOfClient({ isWebSeed, peerId }: ConnectedPeer): string {
  return isWebSeed ? "web seed" : clientName(peerIdFromText(peerId));
}

import type { PeerAddress } from "./bep-23-compact-peers.ts";
import { ProtocolError } from "./errors.ts";
/** What a tracker answers, checked and clamped. */
export interface AnnounceReply {
  /** Seconds to the next announce, 60 to 21,600; 1,800 when the tracker names none. */
  readonly intervalSeconds: number;
  /** Seconds that must pass before any announce, 60 to 21,600. */
  readonly minIntervalSeconds?: number;
  /** Seeders. */
  readonly complete?: number;
  /** Leechers. */
  readonly incomplete?: number;
  /** At most 10,000, none twice; addresses that nobody can dial are left out. */
  readonly peers: readonly PeerAddress[];
  /** To be sent back with the next announce. */
  readonly trackerId?: string;
  /** Cleaned text for people. */
  readonly warning?: string;
}
/** One peer in a tracker's answer. */
export interface AnnouncedPeer extends PeerAddress {
  /** 20 bytes; only told in the form with dictionaries. */
  readonly peerId?: Uint8Array;
}
/** A tracker's answer, to be written. */
export interface OwnAnnounceReply {
  readonly intervalSeconds: number;
  readonly minIntervalSeconds?: number;
  readonly complete?: number;
  readonly incomplete?: number;
  readonly peers: readonly AnnouncedPeer[];
  /** Addresses as bytes (BEP 23, BEP 7) or as dictionaries (BEP 3). */
  readonly compact: boolean;
  readonly trackerId?: string;
  readonly warning?: string;
}
export function decodeAnnounceReply(_body: Uint8Array): AnnounceReply {
  throw new ProtocolError("bencode-malformed", { operation: "x", message: "x" });
}
export function encodeAnnounceReply(_reply: OwnAnnounceReply): Uint8Array {
  throw new ProtocolError("bencode-malformed", { operation: "x", message: "x" });
}
export function encodeAnnounceFailure(_reason: string): Uint8Array {
  throw new ProtocolError("bencode-malformed", { operation: "x", message: "x" });
}

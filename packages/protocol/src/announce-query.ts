import type { InfoHash } from "./units.ts";
import { ProtocolError } from "./errors.ts";
/** What happened, if anything: one announce each. */
export type AnnounceEvent = "started" | "completed" | "stopped";
/** What we tell a tracker. */
export interface AnnounceRequest {
  readonly infoHash: InfoHash;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  /** Where we accept connections. */
  readonly port: number;
  /** Payload bytes since `started`. */
  readonly uploaded: number;
  /** Payload bytes since `started`. */
  readonly downloaded: number;
  /** Bytes missing of the whole torrent. */
  readonly left: number;
  readonly event?: AnnounceEvent;
  /** Peers wanted. */
  readonly numWant: number;
  /** Keeps us recognisable when our address changes; not told to other peers. */
  readonly key: string;
  /** Always asked for (BEP 23). */
  readonly compact?: true;
  /** The `tracker id` of an earlier reply. */
  readonly trackerId?: string;
}
/** What a peer tells a tracker. */
export interface AnnounceQuery {
  readonly infoHash: InfoHash;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  /** 0 to 65,535. */
  readonly port: number;
  readonly uploaded: number;
  readonly downloaded: number;
  readonly left: number;
  readonly event?: AnnounceEvent;
  readonly numWant?: number;
  /** Addresses as bytes (BEP 23); what is asked for when nothing is said. */
  readonly compact: boolean;
  readonly noPeerId: boolean;
  /** The address that the peer claims; not to be trusted. */
  readonly ip?: string;
  readonly key?: string;
  readonly trackerId?: string;
}
export function announceUrl(_base: string, _request: AnnounceRequest): string {
  throw new ProtocolError("bencode-malformed", { operation: "x", message: "x" });
}
export function decodeAnnounceQuery(_rawQuery: string): AnnounceQuery {
  throw new ProtocolError("bencode-malformed", { operation: "x", message: "x" });
}

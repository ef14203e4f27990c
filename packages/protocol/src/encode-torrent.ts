import { ProtocolError } from "./errors.ts";
/** What {@link encodeTorrent} writes about one file. */
export interface TorrentFileDescription {
  /** Names below the torrent's own folder, at least one. */
  readonly path: readonly string[];
  readonly lengthBytes: number;
}
/** A torrent to be written (version 1). */
export type TorrentDescription = {
  readonly name: string;
  readonly pieceLengthBytes: number;
  /** 20 bytes a piece. */
  readonly pieceHashes: Uint8Array;
  /** Tiers of tracker URLs (BEP 12). */
  readonly trackers?: readonly (readonly string[])[];
  readonly isPrivate?: boolean;
  readonly comment?: string;
  readonly createdBy?: string;
  /** Seconds since 1970. */
  readonly creationDate?: number;
} & ({ readonly files: readonly TorrentFileDescription[] } | { readonly lengthBytes: number });
export function encodeTorrent(_torrent: TorrentDescription): Uint8Array {
  throw new ProtocolError("bencode-malformed", { operation: "x", message: "x" });
}

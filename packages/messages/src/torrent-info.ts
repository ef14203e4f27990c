import type { InfoHashes, TorrentKey } from "@troupe/protocol/identity";
import type { FileList } from "./file-list.ts";
import type { TorrentId } from "./ids.ts";

/** Facts of an accepted torrent. Lengths in bytes. */
export interface TorrentInfo {
  readonly torrent: TorrentId;
  readonly key: TorrentKey;
  /** The key as users see it: 40 hex digits. */
  readonly infoHash: string;
  /** Hashes that are known: the metadata of a magnet may name another one. */
  readonly infoHashes: InfoHashes;
  /** Ours for this torrent in this engine, 20 bytes. */
  readonly peerId: Uint8Array;
  readonly name: string;
  /** Bytes of all files, with padding. */
  readonly lengthBytes: number;
  readonly pieceLengthBytes: number;
  readonly pieces: number;
  readonly files: FileList;
  readonly trackers: readonly (readonly string[])[];
  /** URLs of the .torrent or link, without those of the user. */
  readonly webSeeds: readonly string[];
  readonly isPrivate: boolean;
  /** False for a magnet link whose metadata is unknown: lengths are 0, and there are no files. */
  readonly hasMetadata: boolean;
  /** Accepted oddities, as sentences. */
  readonly warnings: readonly string[];
}

import type { ByteSpan } from "../bencode/bencode-value.ts";
import type { Geometry } from "./geometry.ts";
import type { OtherPath } from "./file-names.ts";
import type { PieceHashes } from "./piece-hashes.ts";
import type { PeerAddress } from "../address/peer-address.ts";
import type { InfoHashes } from "../identity.ts";
import type { InfoHash } from "../units.ts";

/** A file of a torrent. */
export interface MetainfoFile {
  /**
   * Safe names below the download folder, at least one; with several files the first is the torrent's name. Only
   * padding files may share a path; paths that differ in case alone are `twin`s.
   */
  readonly path: readonly string[];
  /** Where else the file may lie, most likely first. Absent: nowhere else. */
  readonly otherPaths?: readonly OtherPath[];
  /**
   * The names in the torrent, without empty names, `.` and `..`; they may hold any character. Absent if they are those of
   * `path`.
   */
  readonly originalPath?: readonly string[];
  readonly lengthBytes: number;
  /** In the torrent. */
  readonly offset: number;
  /** Zeros between files (BEP 47): never on disk. */
  readonly isPadding: boolean;
}

/** Accepted by {@link parseTorrent}. */
export interface Metainfo {
  readonly infoHash: InfoHash;
  readonly infoHashes: InfoHashes;
  /** A safe file or folder name. */
  readonly name: string;
  readonly geometry: Geometry;
  readonly pieceHashes: PieceHashes;
  /** Position of their bytes in the file. */
  readonly pieceHashesSpan: ByteSpan;
  readonly files: readonly MetainfoFile[];
  readonly isSingleFile: boolean;
  /** Peers come from the trackers only (BEP 27). */
  readonly isPrivate: boolean;
  /** http, https and udp URLs, in file order (BEP 12); at most 200, all different. */
  readonly trackers: readonly (readonly string[])[];
  /** http and https URLs, in file order (BEP 19); at most 100, all different. */
  readonly webSeeds: readonly string[];
  /** DHT nodes to begin with (BEP 5), in file order; at most 100, all different. The host may be a name. */
  readonly nodes: readonly PeerAddress[];
  /** Cleaned; at most 4,096 characters. */
  readonly comment?: string;
  /** Cleaned; at most 256 characters. */
  readonly createdBy?: string;
  /** Seconds since 1970. */
  readonly creationDate?: number;
  /** Position in the file. */
  readonly infoSpan: ByteSpan;
  /** Accepted odd input, as sentences. */
  readonly warnings: readonly string[];
}

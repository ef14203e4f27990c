import type { ByteSpan } from "../bencode/bencode-value.ts";
import type { FileTrees } from "./file-trees.ts";
import type { Geometry } from "./geometry.ts";
import type { OtherPath } from "./file-names.ts";
import type { LinkTarget } from "./link-targets.ts";
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
  /** The torrent asks that it can be run (BEP 47). Absent: it does not. */
  readonly isExecutable?: true;
  /** Where this symbolic link leads (BEP 47). Absent: it is no link, or a link that leads nowhere in the torrent. */
  readonly link?: LinkTarget;
}

/** Accepted by {@link parseTorrent}. */
export interface Metainfo {
  /** Its first name on the wire: that of version 1, if it has that version. */
  readonly infoHash: InfoHash;
  readonly infoHashes: InfoHashes;
  /** A safe file or folder name. */
  readonly name: string;
  readonly geometry: Geometry;
  /** Zeros for a piece of version 2 whose layer is absent. */
  readonly pieceHashes: PieceHashes;
  /** Position of their bytes in the file; absent for version 2, which has them in several places. */
  readonly pieceHashesSpan?: ByteSpan;
  /** Absent for version 1. */
  readonly trees?: FileTrees;
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

// The options and the result of an import from another client.

import type { Verify } from "@troupe/messages";

/** A client whose state can be imported. */
export type ImportedClient = "transmission" | "rtorrent" | "qbittorrent" | "deluge";

/** Options of `importTorrents`. */
export interface ImportTorrentsOptions {
  /** The state folder; it is made if it is not there. */
  readonly stateDirectory: string;
  /**
   * `sample` believes files whose facts are those that the client has recorded, and hashes samples where the client has
   * recorded no modification times. `none` leaves out the samples. `full` hashes everything at the first start. Default
   * `sample`.
   */
  readonly verify?: Verify;
  /** Reads everything and writes nothing. Default false. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

/** A torrent of another client. */
export interface ImportedTorrent {
  /** 40 hex digits; of an unreadable torrent the name of its file. */
  readonly infoHash: string;
  /** Empty for an unreadable torrent. */
  readonly name: string;
  /** The data folder; empty for an unreadable torrent. */
  readonly directory: string;
  /**
   * `imported`: its record is written, or would be. `known`: the state folder has the torrent in this folder already, and
   * it is unchanged. `failed`: see `error`.
   */
  readonly outcome: "imported" | "known" | "failed";
  readonly isStarted: boolean;
  readonly labels: readonly string[];
  readonly pieceCount: number;
  /** Pieces that the first start believes. */
  readonly hadPieces: number;
  /** Pieces of these that the first start hashes as samples. */
  readonly samples: number;
  /** Files that are there and are hashed at the first start. */
  readonly hashedFiles: number;
  /** Files with pieces that the client had, and that are not there: the torrent comes along stopped. */
  readonly missingFiles: number;
  readonly downloadedBytes: number;
  readonly uploadedBytes: number;
  /** Settings that come along, by their names. */
  readonly settings: readonly string[];
  /** Values of the client that Troupe cannot take over, as sentences. */
  readonly leftOut: readonly string[];
  /** Its code and sentence, for a torrent that has failed. */
  readonly error?: Error;
}

/** An import. */
export interface ImportedTorrents {
  readonly client: ImportedClient;
  /** In the order of the client's files. */
  readonly torrents: readonly ImportedTorrent[];
}

/** Most extensions of a torrent by modules. */
export const mostModuleExtensions = 16;

/** A module that takes longer to load has failed. */
export const moduleLoadMs = 30_000;
/** A call of a store that takes longer has failed: its torrent gets the error `store-not-answering`. */
export const storeAnswerMs = 30_000;
/** For each question, and a tenth of a second more for each MB in it; then the torrent gets the error `hasher-wrong`. */
export const hasherAnswerMs = 10_000;

/** The modules of a torrent, as `file:` URLs. Named by the user alone, and never recorded. */
export interface TorrentModules {
  /** Default: the own picker. */
  readonly picker?: string;
  /** Default: the own choker. */
  readonly choker?: string;
  /** At most {@link mostModuleExtensions}. Default: none. */
  readonly extensions?: readonly string[];
  /** Default: files in the folder. */
  readonly store?: string;
  /** Default: our own hash. */
  readonly hasher?: string;
}

/** A torrent, as its modules see it. */
export interface TorrentShape {
  /** 40 hexadecimal digits. */
  readonly infoHash: string;
  /** Name of the torrent; for a magnet without its metadata, the name in its link, or its info-hash. */
  readonly name: string;
  /** 0 without the metadata, as the next two. */
  readonly pieceCount: number;
  readonly pieceLengthBytes: number;
  readonly totalBytes: number;
  /** False without the metadata. */
  readonly isPrivate: boolean;
}

/** The plugin extensions of a torrent. */
export interface ExtensionModules {
  /** `file:` URLs, at most {@link mostModuleExtensions}. */
  readonly urls: readonly string[];
  readonly torrent: TorrentShape;
}

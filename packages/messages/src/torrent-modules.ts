/** Most extensions of a torrent by modules. */
export const mostModuleExtensions = 16;

/** The modules of a torrent, as `file:` URLs. Named by the user alone, and never recorded. */
export interface TorrentModules {
  /** Default: the own picker. */
  readonly picker?: string;
  /** Default: the own choker. */
  readonly choker?: string;
  /** At most {@link mostModuleExtensions}. Default: none. */
  readonly extensions?: readonly string[];
}

/** A code never changes its meaning. */
export type WhyCode =
  | "stopped"
  | "starting"
  | "checking"
  | "paused"
  /** The limits of the queue allow no further torrent. */
  | "queued"
  | "stopping"
  /** The torrent's error says more. */
  | "failed"
  | "complete"
  | "worker-restarting"
  /** The interface of the settings is absent, down or without its route. */
  | "interface-down"
  /** No name server can be asked over the interface, and no peer is connected. */
  | "dns-not-bound"
  /** The metadata of a magnet link comes from the peers. */
  | "fetching-metadata"
  /** No connected peer offers the metadata. */
  | "no-peer-has-metadata"
  | "no-peers-known"
  /** And no address is known. */
  | "tracker-unreachable"
  /** Trackers refuse the announce, none answers it, and no address is known. */
  | "tracker-refuses"
  /** No dial to a known address succeeds. */
  | "no-peer-answers"
  /** Nor is a peer known. */
  | "web-seeds-failing"
  | "disk-slow"
  | "hash-behind"
  /** Pieces under way fill the payload memory. */
  | "memory-full"
  | "nobody-has-missing-pieces"
  | "all-choke-us"
  /** All remaining pieces are under way. */
  | "last-pieces"
  /** A download limit of the user: of all torrents, of this torrent or of each peer. */
  | "limit-reached"
  /** Further addresses are known. */
  | "connection-limit"
  /** The picker of the program takes nothing from any peer. */
  | "picker-withholds"
  | "peers-slow";

/** The main reason at a moment why a torrent is not faster. */
export interface Why {
  readonly code: WhyCode;
  /** Without a full stop. May contain text from a tracker: clean it before display. */
  readonly message: string;
}

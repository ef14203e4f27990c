// Numbers shared between threads, assigned by the engine.

/** Never reused by its engine. */
export type TorrentId = number & { readonly __brand: "TorrentId" };
/** Never reused. */
export type SlabId = number & { readonly __brand: "SlabId" };
/** Row in a torrent table, 0 to maxPeers − 1; reused after `peer-closed`. */
export type PeerRowIndex = number & { readonly __brand: "PeerRowIndex" };
/** New for each lease, which identifies late messages. */
export type LeaseId = number & { readonly __brand: "LeaseId" };

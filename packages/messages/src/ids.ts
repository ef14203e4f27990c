// Numbers shared between threads, assigned by the coordinator and never from outside.

/** Never reused by its coordinator. */
export type TorrentId = number & { readonly __brand: "TorrentId" };
/** Never reused. */
export type SlabId = number & { readonly __brand: "SlabId" };
/** Row in a worker's torrent table, 0 to maxPeers − 1; reused after `peer-closed`. */
export type PeerRowIndex = number & { readonly __brand: "PeerRowIndex" };
/** New for each lease of a piece to a worker, so that late messages are recognised. */
export type LeaseId = number & { readonly __brand: "LeaseId" };

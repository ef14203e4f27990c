// Numbers that name things between threads. They are given out by the coordinator and never come from outside.

/** One torrent of one coordinator: a small number, never used twice in its life. */
export type TorrentId = number & { readonly __brand: "TorrentId" };
/** One block of shared payload memory: a small number, never used twice. */
export type SlabId = number & { readonly __brand: "SlabId" };
/** Row of one connected peer in its worker's torrent table, 0 to maxPeers − 1; reused after `peer-closed`. */
export type PeerRowIndex = number & { readonly __brand: "PeerRowIndex" };
/** One lease of one piece to one worker; a new number each time, so that late messages are recognised. */
export type LeaseId = number & { readonly __brand: "LeaseId" };

export { openFolderContent } from "./content/folder-content.ts";
export { maxPatternPieceBytes, patternContent } from "./content/pattern-content.ts";
export { patternPieceLength, patternTorrent } from "./content/pattern-torrent.ts";
export type { PatternTorrent } from "./content/pattern-torrent.ts";
export { openPeerTorrent } from "./content/peer-torrent.ts";
export type { PeerTorrent } from "./content/peer-torrent.ts";
export { writePattern } from "./content/write-pattern.ts";
export { isOwnFault } from "./own-faults.ts";
export {
  diallingBehaviours,
  hostileBehaviours,
  openHostilePeers,
} from "./misbehaving/open-hostile-peers.ts";
export type { HostileGroupSettings } from "./misbehaving/open-hostile-peers.ts";
export type * from "./peer-recorder.ts";
export { openPeers } from "./peers/open-peers.ts";
export type * from "./peers/peer-group.ts";

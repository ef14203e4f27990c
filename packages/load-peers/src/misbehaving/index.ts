export { catalogue } from "./catalogue.ts";
export * from "./frames.ts";
export { after, misbehave } from "./hostile-peer.ts";
export type { HostilePeer } from "./hostile-peer.ts";
export { waitForUnchoke } from "./leecher-steps.ts";
export { treeOf } from "./target-tree.ts";
export { RawConnection, RawConnectionClosed } from "./raw-connection.ts";
export type { RawConnectionOptions, Target } from "./raw-connection.ts";
export { hostileMetadataId } from "./remote-state.ts";

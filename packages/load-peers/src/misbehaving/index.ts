export { metadataAnswers } from "./behaviours/metadata-answers.ts";

export { catalogue } from "./catalogue.ts";

export * from "./frames.ts";
export { misbehave } from "./hostile-peer.ts";

export type { HostilePeer } from "./hostile-peer.ts";

export { waitForUnchoke } from "./leecher-steps.ts";

export { RawConnection, RawConnectionClosed, targetOf } from "./raw-connection.ts";

export type { RawConnectionOptions } from "./raw-connection.ts";

export { dialConnection, listenForConnections } from "./port-connection.ts";

export type { ConnectionOptions } from "./port-connection.ts";

export { peerWorkerEntry } from "./entry.ts";
export type {
  ExtensionModule,
  ExtensionPeer,
  PeerExtension,
} from "./extensions/plugins/peer-extension.ts";

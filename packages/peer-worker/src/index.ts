export { peerWorkerEntry } from "./entry.ts";
export type {
  ExtensionModule,
  ExtensionPeer,
  PeerExtension,
} from "./extensions/outside/peer-extension.ts";

import { type ActorEntry, siblingUrl } from "@troupe/actor-runtime";
import type { PeerProtocol, PeerWorkerOptions } from "@troupe/messages";

/** The peer-worker for a supervision tree. Its file-worker has the role `file`. */
export const peerWorkerEntry: ActorEntry<PeerProtocol, PeerWorkerOptions> = {
  name: "peer",
  url: siblingUrl(import.meta.url, "./peer.worker"),
  load: async () => (await import("./peer.actor.ts")).peerActor,
};

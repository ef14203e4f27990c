import { type ActorEntry, siblingUrl } from "@troupe/actor-runtime";
import type { DhtOptions, DhtProtocol } from "@troupe/messages";

/** The DHT worker for a supervision tree. */
export const dhtWorkerEntry: ActorEntry<DhtProtocol, DhtOptions> = {
  name: "dht",
  url: siblingUrl(import.meta.url, "./dht.worker"),
  load: async () => (await import("./dht.actor.ts")).dhtActor,
};

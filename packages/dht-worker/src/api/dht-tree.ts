import type { ActorEntry, SupervisorSpec } from "@troupe/actor-runtime";
import type { DhtOptions, DhtProtocol } from "@troupe/messages";

/** The tree of a standalone node. */
export function dhtTree(
  entry: ActorEntry<DhtProtocol, DhtOptions>,
  options: () => DhtOptions,
): SupervisorSpec {
  return {
    kind: "supervisor",
    name: "troupe-dht",
    maxRestarts: 5,
    withinMs: 60_000,
    children: [
      {
        kind: "actor",
        name: "dht",
        entry,
        options,
        restart: "permanent",
        shutdownMs: 1_000,
        role: "dht",
      },
    ],
  };
}

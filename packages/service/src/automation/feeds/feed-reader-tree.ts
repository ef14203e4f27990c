// The supervisor `feeds` with its actor `feed-reader`.

import { type ActorEntry, siblingUrl, type SupervisorSpec } from "@troupe/actor-runtime";
import type { FeedReaderOptions, FeedReaderProtocol } from "./feeds.messages.ts";

/** Objects of the thread. A feed that needs more ends it, and nothing else. */
const heapMebibytes = 128;

const feedReaderEntry: ActorEntry<FeedReaderProtocol, FeedReaderOptions> = {
  name: "feed-reader",
  url: siblingUrl(import.meta.url, "./feed-reader.worker"),
  load: async () => (await import("./feed-reader.actor.ts")).feedReaderActor,
};

/** The tree. Its owner starts the actor for work, and ends it when it is late or idle. */
export function feedReaderTree(options: () => FeedReaderOptions): SupervisorSpec {
  return {
    ...{ kind: "supervisor", name: "feeds", maxRestarts: Infinity, withinMs: 60_000 },
    children: [
      {
        ...{ kind: "actor", name: "feed-reader", entry: feedReaderEntry, options },
        ...{ restart: "temporary", isOnDemand: true, role: "feed-reader" },
        // A thread that is late answers no question about its end.
        shutdownMs: 50,
        heapLimitMebibytes: heapMebibytes,
      },
    ],
  };
}

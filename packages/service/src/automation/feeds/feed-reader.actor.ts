// The actor `feed-reader`: reads what servers send and runs the patterns of users, in a thread that its owner ends when it is
// late. Nothing in it outlives a call.

import { systemThreadId, type Actor } from "@troupe/actor-runtime";
import { readFeed } from "./document/read-feed.ts";
import type { FeedReaderOptions, FeedReaderProtocol } from "./feeds.messages.ts";

/** Reads feeds for its owner. */
export const feedReaderActor: Actor<FeedReaderProtocol, FeedReaderOptions, Int32Array> = {
  name: "feed-reader",
  start: (_, options) => {
    const progress = new Int32Array(options.progress);
    Atomics.store(progress, 1, systemThreadId());
    return progress;
  },
  stop: () => undefined,
  handlers: {
    "read-feed": (_, { bytes, url }) => readFeed(bytes, url),
    "match-titles": (progress, { pattern, titles }) => {
      const expression = new RegExp(pattern, "u");
      const found: number[] = [];
      for (const [index, title] of titles.entries()) {
        Atomics.add(progress, 0, 1);
        if (expression.test(title)) found.push(index);
      }
      return { found };
    },
  },
};

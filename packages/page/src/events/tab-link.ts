// The link of a tab to the stream of events: by the shared worker, or by a feed of its own where a browser has none.

import { Feed } from "./feed.ts";
import type { FeedMessage, TabMessage } from "./feed-messages.ts";
import { TabList } from "./tab-list.ts";

/** Another build has another worker: a tab of an old page may still hold the old one. */
declare const workerBuild: string;

/** Sends messages to the holder of the stream. */
type TabLink = (message: TabMessage) => void;

/** Opens the link; the stream begins with the message `try-now`. @param take Called with each message, in their order. */
export function openLink(take: (message: FeedMessage) => void): TabLink {
  return typeof SharedWorker === "function" ? sharedLink(take) : ownLink(take);
}

function sharedLink(take: (message: FeedMessage) => void): TabLink {
  const address = new URL("stream-worker.js", document.baseURI);
  const { port } = new SharedWorker(address, { name: workerBuild });
  port.addEventListener("message", ({ data }: MessageEvent<FeedMessage>) => take(data));
  port.start();
  return (message) => port.postMessage(message);
}

function ownLink(take: (message: FeedMessage) => void): TabLink {
  const feed: Feed = new Feed((message) => tabs.send(message));
  const tabs = new TabList<"own">(feed.cache);
  tabs.add("own", take);
  return (message) => {
    if (message.kind === "shown") tabs.setShown("own", message.isShown);
    else if (message.kind === "try-now") feed.tryNow();
  };
}

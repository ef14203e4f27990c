// The shared worker of all tabs of a browser: holds the stream and the rows.

import { Feed } from "./feed.ts";
import type { FeedMessage, TabMessage } from "./feed-messages.ts";
import { TabList } from "./tab-list.ts";

const feed: Feed = new Feed((message) => tabs.send(message));
const tabs = new TabList<MessagePort>(feed.cache);

addEventListener("connect", (event) => {
  const [port] = (event as MessageEvent).ports;
  if (port === undefined) return;
  const send = (message: FeedMessage): void => port.postMessage(message);
  port.addEventListener("message", ({ data }: MessageEvent<TabMessage>) => take(port, data));
  port.start();
  send({ kind: "connection", connection: feed.connection });
  tabs.add(port, send);
});

function take(port: MessagePort, message: TabMessage): void {
  switch (message.kind) {
    case "shown":
      return tabs.setShown(port, message.isShown);
    case "try-now":
      return feed.tryNow();
    case "bye":
      return tabs.remove(port);
  }
}

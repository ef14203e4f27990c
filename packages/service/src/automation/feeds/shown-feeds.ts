// Feeds, items and rules as answers of calls.

import type { FeedItem } from "./feeds.messages.ts";
import type { FeedResult } from "./feed-calls.ts";
import type { Feed } from "./look/feed.ts";
import type { ActiveRule } from "./rules/rule-book.ts";

/** A feed with its state. */
export function shownFeed(feed: Feed): FeedResult<"list-feeds">[number] {
  const { error, failures, items, memory, spec, state } = feed;
  const { from, intervalMs, name, url } = spec;
  return {
    ...{ name, url, from, interval: intervalMs / 1_000 },
    state: state.kind === "removed" ? "idle" : state.kind,
    ...(memory.lookedMs !== undefined && { lookedMs: memory.lookedMs }),
    ...(state.kind === "waiting" && { nextMs: state.nextMs }),
    ...{ items: items.length, taken: memory.items, failures },
    ...(error !== undefined && { error }),
  };
}

/** The items of a feed. */
export function shownItems({ failed, items, memory }: Feed): FeedResult<"feed-items"> {
  return items.map((item) => {
    const { code, message } = failed.get(item.key) ?? {};
    const error = code !== undefined && message !== undefined && { error: { code, message } };
    const state = memory.hasItem(item.key) ? "taken" : error === false ? "new" : "failed";
    return { ...shownItem(item), state, ...error };
  });
}

/** The fields of an item that answers have. */
export function shownItem({ title, link, sizeBytes, publishedMs, seeders }: FeedItem) {
  return {
    title,
    ...(link !== undefined && { link }),
    ...(sizeBytes !== undefined && { sizeBytes }),
    ...(publishedMs !== undefined && { publishedMs }),
    ...(seeders !== undefined && { seeders }),
  };
}

/** A rule with its origin. */
export function shownRule({ rule, from, off }: ActiveRule): FeedResult<"list-rules">[number] {
  return { rule, from, ...(off !== undefined && { off }) };
}

// A dry run: what a rule would take of the items that feeds had last.

import { TroupeError } from "@troupe/control";
import type { FeedResult } from "./feed-calls.ts";
import type { Feed } from "./look/feed.ts";
import { findKeys, type KeyedItem, type TakePorts } from "./look/take-items.ts";
import { keysTaken, passedBy, type Passed } from "./rules/judge-item.ts";
import type { ActiveRule } from "./rules/rule-book.ts";
import { shownItem } from "./shown-feeds.ts";

/** Items of an answer; further ones are left out. */
const mostTried = 1_000;

type Tried = FeedResult<"try-rule">["items"][number];
type TryPorts = Pick<TakePorts, "isTaken" | "match" | "nowMs">;

/** Tries a rule. @throws rejects with TroupeError `pattern-late`, `feed-reader-ended` */
export async function tryRule(
  rule: ActiveRule,
  feeds: readonly Feed[],
  ports: TryPorts,
): Promise<FeedResult<"try-rule">> {
  const all: Tried[] = [];
  const episodes = new Set<string>();
  for (const feed of feeds) all.push(...(await tryFeed(rule, feed, episodes, ports)));
  const takes = all.filter((item) => item.takes);
  const items = [...takes, ...all.filter((item) => !item.takes)].slice(0, mostTried);
  return { items, takes: takes.length, leftOut: all.length - items.length };
}

async function tryFeed(
  rule: ActiveRule,
  { items, memory, spec }: Feed,
  episodes: Set<string>,
  ports: TryPorts,
): Promise<Tried[]> {
  const { name, pattern } = rule.rule;
  const isTaken = (key: string): boolean => episodes.has(key) || ports.isTaken(name, key);
  const why = (item: KeyedItem): Passed | undefined =>
    memory.hasItem(item.key)
      ? "taken"
      : passedBy(rule, item, { feed: spec.name, nowMs: ports.nowMs, isTaken });
  const left = items.filter((item) => why(item) === undefined);
  const found =
    pattern === undefined || left.length === 0
      ? undefined
      : await findKeys(rule, pattern, left, { match: ports.match, ruleLate: refuseLate });
  const tried = items.toReversed().map((item): Tried => {
    const passed = why(item) ?? (found?.has(item.key) === false ? "pattern" : undefined);
    if (passed === undefined) for (const key of keysTaken(rule, item)) episodes.add(key);
    const shown = { feed: spec.name, ...shownItem(item) };
    return passed === undefined
      ? { ...shown, takes: true }
      : { ...shown, takes: false, why: passed };
  });
  return tried.toReversed();
}

function refuseLate(_: ActiveRule, title: string): never {
  throw new TroupeError("pattern-late", lateSentence(title));
}

/** The sentence about a pattern that is late. */
export function lateSentence(title: string): string {
  const place = JSON.stringify(title.slice(0, 100));
  return `its pattern takes too long at the title ${place}; allowed are 50 ms a title, and 5 s a look`;
}

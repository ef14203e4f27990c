// The way of a feed's items to torrents: by the rules in their order, one torrent after the other.

import { asFault } from "@troupe/actor-runtime";
import type { FeedItem } from "../feeds.messages.ts";
import { keysTaken, passedBy, type JudgedIn } from "../rules/judge-item.ts";
import type { FeedRule } from "../rules/feed-rule.ts";
import type { ActiveRule } from "../rules/rule-book.ts";
import type { FeedMemory } from "./feed-memory.ts";
import type { Matched } from "./reader-thread.ts";

/** Tries to add an item whose torrent could not be fetched or added. At the bound it waits for the next start. */
const mostTries = 10;

/** Items of a look that may fail: a server that never answers holds up a look no longer. The rest is left to the next look. */
const mostFailures = 10;
/** Decisions of rules between two turns of the event loop. */
const turnDecisions = 1_000;

/** An item with its key in the memory. */
export interface KeyedItem extends FeedItem {
  readonly key: string;
}

/** An item that no rule could add. */
export interface FailedItem {
  readonly tries: number;
  readonly code: string;
  readonly message: string;
}

/** The world of a round. */
export interface TakePorts {
  /** The time, in milliseconds since 1970. */
  readonly nowMs: number;
  readonly rules: () => readonly ActiveRule[];
  /** Finds the titles that a pattern finds. @throws rejects with TroupeError `feed-reader-ended` */
  match(pattern: string, titles: readonly string[]): Promise<Matched>;
  /** The pattern of a rule was late: the rule takes nothing more. */
  ruleLate(rule: ActiveRule, title: string): void;
  /** Whether a rule has taken an episode, from any feed. */
  isTaken(rule: string, key: string): boolean;
  /** Keeps other feeds from episodes, while their torrent is added. @returns Ends that. */
  reserve(rule: string, keys: readonly string[]): () => void;
  /** Lets others use the thread. */
  turn(): Promise<void>;
  /** Settles when the torrent is there. @throws rejects with the error of a torrent that is not */
  add(link: string, rule: FeedRule): Promise<void>;
  /** The memory is not durable. */
  notSaved(error: unknown): void;
  /** The feed is removed: nothing more is added. */
  isOver(): boolean;
}

/** A feed, as a round needs it. */
interface TakenFrom {
  readonly feed: string;
  /** In the order of the document, whose first items are mostly the latest. */
  readonly items: readonly KeyedItem[];
  readonly memory: FeedMemory;
  /** By keys of items. */
  readonly failed: Map<string, FailedItem>;
}

/** Adds the torrents that the rules take, the oldest first. @throws rejects as `match` does */
export async function takeItems(from: TakenFrom, ports: TakePorts): Promise<void> {
  const found = await foundByPatterns(from, ports);
  let [failures, decisions] = [0, 0];
  for (const item of from.items.toReversed()) {
    if (ports.isOver() || failures >= mostFailures) return;
    const rules = ports.rules();
    decisions += rules.length;
    if (decisions >= turnDecisions) {
      decisions = 0;
      await ports.turn();
    }
    const rule = rules.find((each) => takes(each, item, from, ports) && found(each, item));
    if (rule !== undefined && !(await addItem(item, rule, from, ports))) failures++;
  }
}

function takes(rule: ActiveRule, item: KeyedItem, from: TakenFrom, ports: TakePorts): boolean {
  const { failed, feed, memory } = from;
  if (rule.off !== undefined || memory.hasItem(item.key)) return false;
  if ((failed.get(item.key)?.tries ?? 0) >= mostTries) return false;
  return passedBy(rule, item, judgedIn(rule, feed, ports)) === undefined;
}

/** The world of a decision of a rule. */
function judgedIn(
  { rule }: Pick<ActiveRule, "rule">,
  feed: string,
  { isTaken, nowMs }: Pick<TakePorts, "isTaken" | "nowMs">,
): JudgedIn {
  return { feed, nowMs, isTaken: (key) => isTaken(rule.name, key) };
}

type Found = (rule: ActiveRule, item: KeyedItem) => boolean;

/** Runs the patterns on the titles that pass everything else. */
async function foundByPatterns(from: TakenFrom, ports: TakePorts): Promise<Found> {
  const found = new Map<ActiveRule, ReadonlySet<string>>();
  for (const rule of ports.rules()) {
    const { pattern } = rule.rule;
    if (pattern === undefined) continue;
    await ports.turn();
    const items = from.items.filter((item) => takes(rule, item, from, ports));
    if (items.length > 0) found.set(rule, await findKeys(rule, pattern, items, ports));
  }
  return (rule, { key }) => rule.rule.pattern === undefined || found.get(rule)?.has(key) === true;
}

/** The keys of the items whose titles a pattern finds; of none where it is late. */
export async function findKeys(
  rule: ActiveRule,
  pattern: string,
  items: readonly KeyedItem[],
  { match, ruleLate }: Pick<TakePorts, "match" | "ruleLate">,
): Promise<ReadonlySet<string>> {
  const matched = await match(
    pattern,
    items.map(({ title }) => title),
  );
  if ("found" in matched)
    return new Set(items.filter((_, index) => matched.found.has(index)).map(({ key }) => key));
  ruleLate(rule, items[matched.lateAt]?.title ?? "");
  return new Set();
}

/**
 * Adds a torrent, then remembers it. A program that ends between the two adds it again at the next look, which finds that it
 * is there.
 *
 * @returns Whether the torrent is there.
 */
async function addItem(
  item: KeyedItem,
  rule: ActiveRule,
  { failed, memory }: TakenFrom,
  ports: TakePorts,
): Promise<boolean> {
  const { key, link = "" } = item;
  const episodes = keysTaken(rule, item);
  const release = ports.reserve(rule.rule.name, episodes);
  try {
    await ports.add(link, rule.rule);
    failed.delete(key);
    memory.take({ item: key, rule: rule.rule.name, episodes });
  } catch (error) {
    const { code, message } = asFault(error);
    failed.set(key, { tries: (failed.get(key)?.tries ?? 0) + 1, code, message });
    return false;
  } finally {
    release();
  }
  await memory.save().catch((error: unknown) => ports.notSaved(error));
  return true;
}

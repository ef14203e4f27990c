// The decision about an item, by one rule. The pattern of the rule comes last, and runs elsewhere.

import type { FeedItem } from "../feeds.messages.ts";
import { areTaken, episodeKeys, episodesOf, isBetween } from "./episode.ts";
import type { CheckedRule } from "./feed-rule.ts";

/** The reason why a rule does not take an item. */
export type Passed =
  | "age"
  | "episode"
  | "episode-taken"
  | "feed"
  | "no-link"
  | "pattern"
  | "rule-off"
  | "size"
  | "taken"
  | "words";

/** The world of a decision. */
export interface JudgedIn {
  /** The name of the item's feed. */
  readonly feed: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Whether the rule has taken an episode. */
  readonly isTaken: (key: string) => boolean;
}

/** @returns The reason why the rule passes the item over; undefined: it takes it, if its pattern finds the title. */
export function passedBy(
  { rule, isOf, hasWords, first, last }: CheckedRule,
  item: FeedItem,
  { feed, isTaken, nowMs }: JudgedIn,
): Passed | undefined {
  const { minBytes = 0, maxBytes = Infinity, maxAge = Infinity } = rule;
  if (!isOf(feed)) return "feed";
  if (item.link === undefined) return "no-link";
  if (!hasWords(item.title)) return "words";
  const isSized = minBytes > 0 || maxBytes < Infinity;
  if (isSized && !isWithin(item.sizeBytes, minBytes, maxBytes)) return "size";
  if ((nowMs - (item.publishedMs ?? nowMs)) / 1_000 > maxAge) return "age";
  if (first === undefined && last === undefined && rule.oncePerEpisode !== true) return undefined;
  const episodes = episodesOf(item.title);
  if (
    (first ?? last) !== undefined &&
    (episodes === undefined || !isBetween(episodes, first, last))
  )
    return "episode";
  const isRepeat =
    rule.oncePerEpisode === true &&
    episodes !== undefined &&
    areTaken(episodes, isTaken, rule.repacks === true);
  return isRepeat ? "episode-taken" : undefined;
}

/** The keys of the episodes that a rule takes with an item. */
export function keysTaken(
  { rule }: Pick<CheckedRule, "rule">,
  { title }: FeedItem,
): readonly string[] {
  const episodes = rule.oncePerEpisode === true ? episodesOf(title) : undefined;
  if (episodes === undefined) return [];
  const { show, part } = episodes;
  // A better copy is a copy too.
  return [...new Set([...episodeKeys({ show, part }), ...episodeKeys(episodes)])];
}

function isWithin(size: number | undefined, least: number, most: number): boolean {
  return size !== undefined && size >= least && size <= most;
}

// A rule: which items of feeds become torrents, and how they are added.

import { outOfRange, spelled, type feedRule, type ValueOf } from "@troupe/control";
import { readPlace, type EpisodePlace } from "./episode.ts";
import { wordFilter } from "./title-words.ts";

/** A rule as its user writes it. */
export type FeedRule = ValueOf<typeof feedRule>;

/** A rule whose values are read. */
export interface CheckedRule {
  readonly rule: FeedRule;
  /** Whether the rule takes from a feed, by its name. */
  readonly isOf: (feed: string) => boolean;
  readonly hasWords: (title: string) => boolean;
  readonly first: EpisodePlace | undefined;
  readonly last: EpisodePlace | undefined;
}

/** Names of feeds become names of files, whose letter case does not count everywhere. */
export function plainName({ name }: { readonly name: string }): string {
  return name.toLowerCase();
}

/** Reads the values of a rule that has passed its gate. @throws TroupeError `option-out-of-range` */
export function checkRule(rule: FeedRule): CheckedRule {
  const { name, pattern, words, exclude, episodesFrom, episodesTo, minBytes, maxBytes } = rule;
  const of = (field: string): string => `rule ${name}: ${field}`;
  if ((words ?? "").trim() === "" && pattern === undefined)
    throw outOfRange(of("words"), "no words and no pattern", "words, a pattern, or both");
  if (pattern !== undefined && !isPattern(pattern))
    throw outOfRange(of("pattern"), spelled(pattern), "a regular expression of JavaScript, flag u");
  if (minBytes !== undefined && maxBytes !== undefined && minBytes > maxBytes)
    throw outOfRange(of("minBytes"), String(minBytes), `${maxBytes} at most`);
  const [first, last] = [episodesFrom, episodesTo].map((text) =>
    text === undefined ? undefined : readPlace(text),
  );
  const feeds = rule.feeds && new Set(rule.feeds.map((feed) => plainName({ name: feed })));
  const isOf = (feed: string): boolean => feeds?.has(plainName({ name: feed })) ?? true;
  return { rule, isOf, hasWords: wordFilter(words, exclude), first, last };
}

/** Whether a pattern compiles, which runs nothing of it. */
function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, "u").unicode;
  } catch {
    return false;
  }
}

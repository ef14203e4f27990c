// Feeds of a service and the rules that take torrents from them.

import { bytes, duration, flag, list, record, text, url } from "../gates/gate.ts";
import { addedFields } from "./shared-gates.ts";

/** Feeds, and rules, of a service. Further ones are refused. */
const mostFeeds = 100;
const mostBytes = Number.MAX_SAFE_INTEGER;

/** A name is a part of addresses and names of files. */
const feedName = text(
  String.raw`[A-Za-z0-9_][\w.-]{0,63}`,
  "1 to 64 letters, digits, dots, dashes and underscores",
);
const someWords = text(
  String.raw`[^\u0000-\u001f\u007f]{1,500}`,
  "words with spaces between them, 500 characters at most",
);
const place = text(String.raw`[sS]\d{1,4}(?:[eE]\d{1,4})?`, "an episode such as S01E02, or S01");

/** A feed. */
export const feedSetting = record(
  {
    name: feedName,
    url,
    interval: duration(60, 86_400),
  },
  ["name", "url"],
);

/** A rule. */
export const feedRule = record(
  {
    name: feedName,
    feeds: list(feedName, mostFeeds),
    words: someWords,
    exclude: someWords,
    pattern: text(String.raw`[\s\S]{1,1000}`, "a regular expression of 1,000 characters at most"),
    minBytes: bytes(1, mostBytes),
    maxBytes: bytes(1, mostBytes),
    maxAge: duration(60, 366 * 86_400),
    episodesFrom: place,
    episodesTo: place,
    oncePerEpisode: flag,
    repacks: flag,
    ...addedFields,
  },
  ["name"],
);

/** Feeds of a service. */
export const feedSettings = list(feedSetting, mostFeeds);

/** Rules of a service. */
export const feedRules = list(feedRule, mostFeeds);

/** The fields of a feed, for the reference. */
export const feedFields = {
  name: { text: "Its name, by which rules and calls name it." },
  url: { text: "Its http or https address. It may be in a local network." },
  interval: {
    text: "The least time between two looks, 1 min to 24 h. By default 15 min. A feed that names a longer time (`ttl`) has it.",
  },
} as const;

/** The fields of a rule, for the reference. */
export const ruleFields = {
  name: { text: "Its name." },
  feeds: { text: "Names of the feeds that it takes from. By default all." },
  words: {
    text: "Words that the title must have, all of them; letter case does not count. A `*` stands for any characters.",
  },
  exclude: { text: "Words that the title must not have." },
  pattern: {
    text: "A regular expression of JavaScript, with the flag `u`, that must find a part of the title. `(?i:…)` ignores letter case.",
  },
  minBytes: { text: "The least size that the feed names. An item without a size is passed over." },
  maxBytes: { text: "The largest size." },
  maxAge: {
    text: "The oldest item, by the date that the feed names. An item without a date is new.",
  },
  episodesFrom: { text: "The first episode or season: `S01E02`, `S01`." },
  episodesTo: { text: "The last one." },
  oncePerEpisode: {
    text: "Takes one torrent of each episode, also of several feeds. Titles without an episode are all taken.",
  },
  repacks: { text: "With `oncePerEpisode`: takes PROPER, REPACK and RERIP of an episode too." },
  group: { text: "The group of the torrents." },
  labels: { text: "Their labels." },
  directory: { text: "Their data folder. By default that of the service." },
  state: { text: "Their state at the beginning: `started`, `paused` or `stopped`." },
} as const;

// The calls about feeds: their rights, their arguments and their answers.

import {
  feedRule,
  feedRules,
  feedSetting,
  flag,
  list,
  record,
  text,
  whole,
  word,
  type Gate,
  type RecordGate,
  type Right,
  type ValueOf,
} from "@troupe/control";

/** Characters of a text in an answer. */
const anyText = text(String.raw`[\s\S]*`, "a text");
const count = whole(0, Number.MAX_SAFE_INTEGER);
const most = 100_000;
const origin = word("settings", "api");
const fault = record({ code: anyText, message: anyText }, ["code", "message"]);
const { name, url, interval } = feedSetting.fields;
const ofFeed = record({ feed: name }, ["feed"]);

/** Fields of an item in answers. */
const itemFields = {
  title: anyText,
  link: anyText,
  sizeBytes: count,
  publishedMs: count,
  seeders: count,
} as const;

/** A call. */
interface FeedCallRow {
  readonly right: "control" | "read";
  readonly arguments: RecordGate<Readonly<Record<string, Gate>>, string>;
  readonly result: Gate;
  readonly errors: readonly string[];
  readonly text: string;
}

/** The calls by their names. */
export const feedCalls = {
  "list-feeds": {
    right: "read",
    arguments: record({}),
    result: list(
      record(
        {
          ...{
            name,
            url: anyText,
            interval,
            from: origin,
            state: word("idle", "waiting", "looking"),
          },
          ...{ lookedMs: count, nextMs: count, items: count, taken: count, failures: count },
          error: fault,
        },
        ["name", "url", "interval", "from", "state", "items", "taken", "failures"],
      ),
      most,
    ),
    errors: [],
    text: "Lists the feeds, with their state and the error of the last look.",
  },
  "feed-items": {
    right: "read",
    arguments: ofFeed,
    result: list(
      record({ ...itemFields, state: word("new", "taken", "failed"), error: fault }, [
        "title",
        "state",
      ]),
      most,
    ),
    errors: ["no-feed"],
    text: "Lists the items of a feed's last look, 500 at most.",
  },
  "list-rules": {
    right: "read",
    arguments: record({}),
    result: list(record({ rule: feedRule, from: origin, off: anyText }, ["rule", "from"]), most),
    errors: [],
    text: "Lists the rules in their order; `off` is the reason why a rule takes nothing.",
  },
  "add-feed": {
    right: "control",
    arguments: feedSetting,
    result: record({}),
    errors: ["feed-exists", "too-many-feeds", "feeds-not-saved"],
    text: "Adds a feed, and looks at it. It is in no local network, but for the hosts of `localHosts`.",
  },
  "change-feed": {
    right: "control",
    arguments: record({ feed: name, url, interval }, ["feed"]),
    result: record({}),
    errors: ["no-feed", "feed-read-only", "feeds-not-saved"],
    text: "Changes the address or the interval of a feed, and looks at it. What was taken from it stays known.",
  },
  "remove-feed": {
    right: "control",
    arguments: ofFeed,
    result: record({}),
    errors: ["no-feed", "feed-read-only", "feeds-not-saved"],
    text: "Removes a feed, and forgets what was taken from it. Its torrents stay.",
  },
  "look-feed": {
    right: "control",
    arguments: ofFeed,
    result: record({}),
    errors: ["no-feed"],
    text: "Looks at a feed now. The list of feeds has the end of the look.",
  },
  "set-rules": {
    right: "control",
    arguments: record({ rules: feedRules }, ["rules"]),
    result: record({}),
    errors: ["not-permitted", "path-not-resolved", "feeds-not-saved"],
    text: "Replaces the rules that remotes have set. Those of the settings file stay, and come first. Rules that were switched off are on again.",
  },
  "try-rule": {
    right: "control",
    arguments: record({ rule: feedRule, feed: name }, ["rule"]),
    result: record(
      {
        items: list(
          record({ feed: name, ...itemFields, takes: flag, why: anyText }, [
            "feed",
            "title",
            "takes",
          ]),
          most,
        ),
        takes: count,
        leftOut: count,
      },
      ["items", "takes", "leftOut"],
    ),
    errors: ["no-feed", "pattern-late", "feed-reader-ended"],
    text: "A dry run: what a rule would take of the items that the feeds had last, and why not the others. 1,000 items at most, those that it takes first. Nothing is added.",
  },
} as const satisfies Readonly<Record<string, FeedCallRow>>;

/** The name of a call. */
export type FeedCallName = keyof typeof feedCalls;

/** A call about feeds, as a request brings it. */
export interface FeedCall {
  readonly name: FeedCallName;
  /** Not checked yet. */
  readonly given: unknown;
  readonly right: Right;
}

/** The arguments of a call, after their check. */
export type FeedArguments<Name extends FeedCallName> = ValueOf<
  (typeof feedCalls)[Name]["arguments"]
>;

/** The answer of a call. */
export type FeedResult<Name extends FeedCallName> = ValueOf<(typeof feedCalls)[Name]["result"]>;

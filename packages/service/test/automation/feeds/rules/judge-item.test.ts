import test from "ava";
import type { FeedItem } from "../../../../src/automation/feeds/feeds.messages.ts";
import { checkRule, type FeedRule } from "../../../../src/automation/feeds/rules/feed-rule.ts";
import { keysTaken, passedBy } from "../../../../src/automation/feeds/rules/judge-item.ts";

const nowMs = Date.UTC(2026, 10, 27);
const dayMs = 86_400_000;

function passed(
  rule: Partial<FeedRule>,
  item: Partial<FeedItem> = {},
  taken: readonly string[] = [],
): string | undefined {
  const checked = checkRule({ name: "r", words: "*", ...rule });
  const whole = { id: "1", title: "Show S01E02 WEB", link: "http://a/", ...item };
  return passedBy(checked, whole, { feed: "f", nowMs, isTaken: (key) => taken.includes(key) });
}

test("a rule takes items of its feeds alone", (t) => {
  t.is(passed({}), undefined);
  t.is(passed({ feeds: ["f", "g"] }), undefined);
  t.is(passed({ feeds: ["g"] }), "feed");
  t.is(passed({ feeds: ["F"] }), undefined);
});

test("an item without a link is passed over", (t) => {
  const checked = checkRule({ name: "r", words: "*" });
  const world = { feed: "f", nowMs, isTaken: () => false };
  t.is(passedBy(checked, { id: "1", title: "x" }, world), "no-link");
});

test("words, sizes and ages are bounds", (t) => {
  t.is(passed({ words: "other" }), "words");
  t.is(passed({ words: "show", exclude: "web" }), "words");
  t.is(passed({ minBytes: 100, maxBytes: 200 }, { sizeBytes: 100 }), undefined);
  t.is(passed({ minBytes: 100, maxBytes: 200 }, { sizeBytes: 201 }), "size");
  t.is(passed({ minBytes: 100 }, { sizeBytes: 99 }), "size");
  t.is(passed({ minBytes: 100 }), "size");
  t.is(passed({ maxAge: 86_400 }, { publishedMs: nowMs - dayMs }), undefined);
  t.is(passed({ maxAge: 86_400 }, { publishedMs: nowMs - dayMs - 1 }), "age");
  t.is(passed({ maxAge: 86_400 }, { publishedMs: nowMs + 10 * dayMs }), undefined);
  t.is(passed({ maxAge: 86_400 }), undefined);
});

test("a range of episodes passes over titles without an episode", (t) => {
  t.is(passed({ episodesFrom: "S01E02" }), undefined);
  t.is(passed({ episodesFrom: "S01E03" }), "episode");
  t.is(passed({ episodesTo: "S01" }, { title: "A film" }), "episode");
  t.is(passed({ oncePerEpisode: true }, { title: "A film" }), undefined);
});

test("an episode is taken once; a better copy is taken where the rule says so", (t) => {
  const taken = ["show|s1e2"];
  t.is(passed({ oncePerEpisode: true }, {}, taken), "episode-taken");
  t.is(passed({}, {}, taken), undefined);
  const proper = { title: "Show S01E02 PROPER WEB" };
  t.is(passed({ oncePerEpisode: true }, proper, taken), "episode-taken");
  t.is(passed({ oncePerEpisode: true, repacks: true }, proper, taken), undefined);
  const rule = checkRule({ name: "r", words: "*", oncePerEpisode: true });
  t.deepEqual(keysTaken(rule, { id: "1", ...proper }), ["show|s1e2", "show|s1e2|proper"]);
  t.deepEqual(keysTaken(checkRule({ name: "r", words: "*" }), { id: "1", ...proper }), []);
});

/** Patterns and fields that a rule may not have. */
const wrong: readonly Partial<FeedRule>[] = [
  ...["(", "[", "a{2,1}", "(?<x>a)(?<x>b)", String.raw`\u{110000}`, "(?<=a", "*", "a**"].map(
    (pattern) => ({ pattern }),
  ),
  ...[String.raw`\p{Foo}`, "{", "}", String.raw`\k<a>`, String.raw`\c`, "(?z)"].map((pattern) => ({
    pattern,
  })),
  { words: "   " },
  { words: "x", minBytes: 2, maxBytes: 1 },
  {},
];

for (const [index, rule] of wrong.entries())
  test(`H05: rule ${index + 1}, ${JSON.stringify(rule)}, is refused`, (t) => {
    t.throws(() => checkRule({ name: "r", ...rule }), { code: "option-out-of-range" });
  });

import test from "ava";
import { FeedMemory } from "../../../../src/automation/feeds/look/feed-memory.ts";
import {
  takeItems,
  type FailedItem,
  type TakePorts,
} from "../../../../src/automation/feeds/look/take-items.ts";
import { RuleBook } from "../../../../src/automation/feeds/rules/rule-book.ts";

function itemsOf(titles: readonly string[]) {
  return titles.map((title) => ({ id: title, key: title, title, link: `http://a/${title}` }));
}

/** A feed whose torrents are added as a test says. */
function scene(titles: readonly string[], add: (link: string) => void | Promise<void>) {
  const files = {
    read: () => undefined,
    replace: async () => undefined,
    remove: async () => undefined,
  };
  const memory = new FeedMemory(files, "f");
  const failed = new Map<string, FailedItem>();
  const added: string[] = [];
  const reserved: string[] = [];
  let turns = 0;
  const rules = new RuleBook(
    [
      { name: "patterned", pattern: "^P" },
      { name: "words", words: "show", oncePerEpisode: true },
    ],
    [],
  );
  const ports: TakePorts = {
    nowMs: 0,
    rules: () => rules.all,
    match: async (pattern, all) => {
      const expression = new RegExp(pattern, "u");
      return { found: new Set(all.flatMap((each, at) => (expression.test(each) ? [at] : []))) };
    },
    ruleLate: (rule) => (rule.off = "late"),
    isTaken: (rule, key) => reserved.includes(key) || memory.hasEpisode(rule, key),
    reserve: (_, keys) => {
      reserved.push(...keys);
      return () => void reserved.splice(0);
    },
    turn: async () => void turns++,
    add: async (link, { name }) => {
      added.push(`${name} ${link.slice("http://a/".length)}`);
      await add(link);
    },
    notSaved: (error) => {
      throw error;
    },
    isOver: () => false,
  };
  const take = () => takeItems({ feed: "f", items: itemsOf(titles), memory, failed }, ports);
  return { added, failed, memory, reserved, rules, take, ports, turns: () => turns };
}

test("the first rule that takes an item adds it, the oldest item first", async (t) => {
  const { added, take } = scene(["Show S01E02", "P show", "other", "Show S01E01"], () => undefined);
  await take();
  t.deepEqual(added, ["words Show S01E01", "patterned P show", "words Show S01E02"]);
});

test("a rule whose pattern is late takes nothing, and the others go on", async (t) => {
  const { added, ports, rules, take } = scene(["P show", "Show S01E01"], () => undefined);
  Object.assign(ports, { match: async () => ({ lateAt: 0 }) });
  await take();
  t.deepEqual(added, ["words Show S01E01", "words P show"]);
  t.is(rules.all[0]?.off, "late");
  await take();
  t.is(added.length, 2);
});

test("after ten failed items a look leaves the rest to the next one; an item is tried ten times", async (t) => {
  const titles = Array.from({ length: 12 }, (_, index) => `Show S01E${10 + index}`);
  const { added, failed, memory, take } = scene(titles, () => {
    throw Object.assign(new Error("no answer"), { code: "http-deadline" });
  });
  await take();
  t.is(added.length, 10);
  t.like(failed.get("Show S01E21"), { tries: 1, code: "http-deadline", message: "no answer" });
  for (let looks = 1; looks < 10; looks++) await take();
  t.is(added.length, 100);
  await take();
  t.deepEqual(added.slice(100), ["words Show S01E11", "words Show S01E10"]);
  t.is(memory.items, 0);
});

test("an episode is kept from other feeds while its torrent is added, and free again after a failure", async (t) => {
  const kept: string[][] = [];
  const { reserved, take } = scene(["Show S01E01"], () => {
    kept.push([...reserved]);
    throw new Error("no");
  });
  await take();
  t.deepEqual(kept, [["show|s1e1"]]);
  t.deepEqual(reserved, []);
});

test("a long feed leaves the thread to others again and again", async (t) => {
  const titles = Array.from({ length: 10_000 }, (_, index) => `other ${index}`);
  const { take, turns } = scene(titles, () => undefined);
  await take();
  t.true(turns() >= 20, `${turns()} turns`);
});

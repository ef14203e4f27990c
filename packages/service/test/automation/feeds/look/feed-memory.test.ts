import test from "ava";
import { FeedMemory, type FeedFiles } from "../../../../src/automation/feeds/look/feed-memory.ts";
import { takeItems, type KeyedItem } from "../../../../src/automation/feeds/look/take-items.ts";
import { RuleBook } from "../../../../src/automation/feeds/rules/rule-book.ts";

/** Thrown where the program is killed. */
class Killed extends Error {}

/** Files that outlive programs, and a kill at a step. */
class CrashingWorld implements FeedFiles {
  readonly files = new Map<string, string>();
  /** The torrents of the engine, and how often each was added anew. */
  readonly torrents = new Map<string, number>();
  #left: number;

  constructor(steps: number) {
    this.#left = steps;
  }

  restart(): void {
    this.#left = Infinity;
  }

  read(name: string): string | undefined {
    return this.files.get(name);
  }

  /** Steps of a file that is replaced: nothing is written; the new file lies beside; it has its name; the folder is synced. */
  async replace(name: string, text: string): Promise<void> {
    this.step();
    this.step();
    this.files.set(name, text);
    this.step();
  }

  async remove(name: string): Promise<void> {
    this.files.delete(name);
  }

  /** The engine keeps a torrent that it has. */
  async add(link: string): Promise<void> {
    this.step();
    if (!this.torrents.has(link)) this.torrents.set(link, 1);
    this.step();
  }

  step(): void {
    if (this.#left-- <= 0) throw new Killed();
  }
}

const items: readonly KeyedItem[] = [
  ...["Show S01E03", "Show S01E02 second", "Show S01E02 first", "Other film"].map((title) => ({
    ...{ id: title, key: title, title, link: `http://a/${title}` },
  })),
];

async function run(world: CrashingWorld): Promise<FeedMemory> {
  const memory = new FeedMemory(world, "f");
  const rules = new RuleBook([{ name: "r", words: "show", oncePerEpisode: true }], []);
  await takeItems(
    { feed: "f", items, memory, failed: new Map() },
    {
      nowMs: 0,
      rules: () => rules.all,
      match: () => Promise.reject(new Error("no pattern")),
      ruleLate: () => undefined,
      reserve: () => () => undefined,
      turn: () => Promise.resolve(),
      isTaken: (rule, key) => memory.hasEpisode(rule, key),
      add: async (link) => {
        try {
          await world.add(link);
        } catch (error) {
          // A killed program runs no handler of errors.
          if (error instanceof Killed) await new Promise(() => undefined);
          throw error;
        }
      },
      notSaved: (error) => {
        throw error;
      },
      isOver: () => false,
    },
  );
  await memory.save();
  return memory;
}

test("H05: killed at every step, a rule takes each episode once, and the next start goes on", async (t) => {
  let kills = 0;
  for (let steps = 0; ; steps++) {
    const world = new CrashingWorld(steps);
    const ended = run(world).then(
      () => true,
      () => false,
    );
    const isWhole = await Promise.race([
      ended,
      new Promise<false>((done) => setImmediate(done, false)),
    ]);
    world.restart();
    const memory = await run(world);
    const titles = [...world.torrents.keys()].toSorted();
    t.deepEqual(titles, ["http://a/Show S01E02 first", "http://a/Show S01E03"], `${steps} steps`);
    t.is(memory.items, 2);
    t.true(memory.hasItem("Show S01E03"));
    const again = new FeedMemory(world, "f");
    t.true(again.hasItem("Show S01E02 first") && again.hasEpisode("r", "show|s1e3"));
    if (isWhole) break;
    kills++;
  }
  t.true(kills >= 9, `${kills} kills`);
});

test("at the bound the item is forgotten that was gone longest", async (t) => {
  const world = new CrashingWorld(Infinity);
  const memory = new FeedMemory(world, "f");
  const take = (item: string): void => memory.take({ item, rule: "r", episodes: [`e${item}`] });
  for (let index = 0; index < 10_000; index++) take(String(index));
  memory.keepItems(["0", "1"]);
  take("new");
  t.is(memory.items, 10_000);
  t.true(memory.hasItem("0") && memory.hasItem("1") && memory.hasItem("new"));
  t.false(memory.hasItem("2"));
  t.false(memory.hasEpisode("r", "e0"));
  t.true(memory.hasEpisode("r", "e1"));
  memory.lookedMs = 7;
  await memory.save();
  const again = new FeedMemory(world, "f");
  t.is(again.items, 10_000);
  t.is(again.lookedMs, 7);
  take("newer");
  t.true(memory.hasItem("0"));
  t.false(memory.hasItem("3"));
});

const malformed = [
  ...["", "{", "null", "[]", '"x"', "{}", '{"version":2,"items":[],"episodes":[]}'],
  ...['{"version":1,"items":[1],"episodes":[]}', '{"version":1,"items":[],"episodes":[["a"]]}'],
  ...[
    '{"version":1,"items":{},"episodes":[]}',
    '{"version":1,"items":[],"episodes":[],"lookedMs":"x"}',
  ],
  JSON.stringify({ version: 1, items: Array.from({ length: 10_001 }, String), episodes: [] }),
];

test("a malformed file is a warning, and the feed begins anew", (t) => {
  for (const text of malformed) {
    const world = new CrashingWorld(Infinity);
    world.files.set("feed-f.json", text);
    const memory = new FeedMemory(world, "f");
    t.regex(memory.warning ?? "", /malformed/, text.slice(0, 60));
    t.is(memory.items, 0);
  }
});

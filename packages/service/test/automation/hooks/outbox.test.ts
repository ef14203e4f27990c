import { ManualTime, seededRandom, settle } from "@troupe/actor-runtime/testing";
import test from "ava";
import { Deliveries } from "../../../src/automation/hooks/deliveries.ts";
import type { Hearer, OutboxEntry } from "../../../src/automation/hooks/outbox-entry.ts";
import { OutboxState, readState, writeState } from "../../../src/automation/hooks/outbox-state.ts";
import { Outbox } from "../../../src/automation/hooks/outbox.ts";
import type { TorrentRow } from "../../../src/view/torrent-row.ts";
import { exampleRow } from "../../support/example-row.ts";

const events = ["added", "metadata", "complete", "error", "goal", "removed"] as const;
const hearers: readonly Hearer[] = [{ kind: "hook", name: "all", events }];

function row(torrent: string, changes: Partial<TorrentRow> = {}): TorrentRow {
  const { completedAt: _, lifetime: __, fault: ___, ...plain } = exampleRow({ torrent });
  const young = { addedAt: 2_000_000_000_000, downloadedBytes: 0, hasMetadata: false };
  return { ...plain, ...young, ...changes };
}

/** A disk that dies at one of its writes, before it, in its middle, or when it is done. */
class MortalStore {
  text: string;
  writes = 0;
  isDead = false;
  readonly #diesAt: number;
  readonly #how: "before" | "middle" | "after";

  constructor(text: string, diesAt = Infinity, how: "before" | "middle" | "after" = "before") {
    this.text = text;
    this.#diesAt = diesAt;
    this.#how = how;
  }

  append = async (text: string): Promise<void> => {
    await this.#write(this.text + text, this.text + text.slice(0, text.length / 2));
  };

  replace = async (text: string): Promise<void> => {
    await this.#write(text, this.text);
  };

  async #write(whole: string, half: string): Promise<void> {
    if (this.isDead) return await new Promise(() => undefined);
    if (this.writes++ !== this.#diesAt) {
      this.text = whole;
      return;
    }
    this.isDead = true;
    if (this.#how !== "before") this.text = this.#how === "after" ? whole : half;
    await new Promise(() => undefined);
  }
}

/** A service with an outbox and a hook that hears all. */
interface Run {
  readonly store: MortalStore;
  readonly outbox: Outbox;
  readonly time: ManualTime;
  readonly warnings: readonly string[];
}

/** @param unrecorded Torrents that are not yet in the state folder. */
async function start(
  store: MortalStore,
  seed: number,
  heard: (entry: OutboxEntry) => void,
  unrecorded: ReadonlySet<string> = new Set(),
): Promise<Run> {
  const time = new ManualTime();
  const warnings: string[] = [];
  const warned = (code: string): number => warnings.push(code);
  const deliveries: Deliveries = new Deliveries({
    ...{ clock: time, timers: time, warned },
    attempt: async (entry) => {
      heard(entry);
      return "arrived";
    },
    ended: (ids) => outbox.end(ids),
  });
  const outbox = await Outbox.open(readState(store.text) ?? new OutboxState(0), {
    ...{ store, clock: time, timers: time, random: seededRandom(seed), hearers, warned },
    isOnRecord: (infoHash) => !unrecorded.has(infoHash),
    put: (entries) => {
      if (!store.isDead) deliveries.put(entries);
    },
    dropped: (entries) => {
      deliveries.drop(entries);
      warnings.push(`dropped ${entries.length}`);
    },
  });
  return { store, outbox, time, warnings };
}

/** Rows after each step of the world; the last steps end with a removal. */
const moments: readonly (readonly TorrentRow[])[] = (() => {
  const known = { hasMetadata: true };
  const complete = { ...known, completedAt: 2_000_000_000_001, downloadedBytes: 5 };
  const failed = { ...known, state: "error", fault: { code: "EIO", message: "m" } } as const;
  return [
    [],
    [row("a")],
    [row("a", known), row("b", failed)],
    [row("a", complete), row("b", failed), row("c", complete)],
    [row("a", complete), row("c", complete)],
    [row("c", complete)],
  ];
})();
const expected = [
  ...["added a", "metadata a", "complete a", "removed a", "added b", "metadata b", "error b"],
  ...["removed b", "added c", "metadata c", "complete c", "goal c"],
].toSorted();

/** Lives through all moments, with one death. @returns Ids by event and torrent, and the writes of a life without death. */
async function live(diesAt: number, how: "before" | "middle" | "after") {
  const heard = new Map<string, Set<string>>();
  const order: string[] = [];
  const hear = ({ event, id, torrent }: OutboxEntry): void => {
    const key = `${event} ${torrent.infoHash}`;
    order.push(key);
    heard.set(key, (heard.get(key) ?? new Set()).add(id));
  };
  let seed = 1;
  let run = await start(new MortalStore(writeState(new OutboxState(0)), diesAt, how), seed, hear);
  const empty: ReadonlySet<string> = new Set();
  run.outbox.begin(moments[0] ?? [], empty);
  let goal: Promise<void> | undefined;
  for (const [place, rows] of moments.entries()) {
    const before = moments[place - 1] ?? [];
    const removed = before
      .map(({ torrent }) => torrent)
      .filter((each) => !rows.some(({ torrent }) => torrent === each));
    run.outbox.follow({ rows, removed });
    await settle();
    if (place === moments.length - 1) goal = run.outbox.reachGoal("c");
    await settle();
    if (!run.store.isDead) continue;
    run = await start(new MortalStore(run.store.text), ++seed, hear);
    run.outbox.begin(rows, empty);
    // The torrent was not stopped yet: it reaches its goals again.
    if (goal !== undefined) await run.outbox.reachGoal("c");
    await settle();
  }
  return { heard, order, writes: run.store.writes, left: readState(run.store.text)?.entries.size };
}

test("H02: each event is heard at least once under one id, whenever the service dies", async (t) => {
  const { writes } = await live(Infinity, "before");
  t.true(writes > 8, String(writes));
  for (const how of ["before", "middle", "after"] as const)
    for (let diesAt = 1; diesAt < writes; diesAt++) {
      const { heard, left } = await live(diesAt, how);
      const where = `${how} write ${diesAt}`;
      t.deepEqual([...heard.keys()].toSorted(), expected, where);
      for (const [key, ids] of heard) t.is(ids.size, 1, `${key}, ${where}`);
      t.is(left, 0, where);
    }
});

test("events of a torrent are heard in their order", async (t) => {
  const { order } = await live(Infinity, "before");
  const ofA = order.filter((key) => key.endsWith(" a"));
  t.deepEqual(ofA, ["added a", "metadata a", "complete a", "removed a"]);
});

test("a torrent that could not be brought back was not removed", async (t) => {
  const heard: string[] = [];
  const hear = ({ event }: OutboxEntry): number => heard.push(event);
  const first = await start(new MortalStore(writeState(new OutboxState(0))), 1, hear);
  first.outbox.begin([row("a")], new Set());
  await settle();
  const second = await start(new MortalStore(first.store.text), 2, hear);
  second.outbox.begin([], new Set(["a"]));
  await settle();
  t.deepEqual(heard, ["added"]);
});

test("a disk that refuses makes events wait, is named once, and gets the whole when it takes writes again", async (t) => {
  const heard: string[] = [];
  const store = new MortalStore(writeState(new OutboxState(0)));
  let refusals = 0;
  const refusing = async (write: () => Promise<void>): Promise<void> => {
    if (refusals-- > 0) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    await write();
  };
  const { append, replace } = store;
  store.append = (text) => refusing(() => append(text));
  store.replace = (text) => refusing(() => replace(text));
  const run = await start(store, 1, ({ event }) => heard.push(event));
  refusals = 3;
  run.outbox.begin([row("a")], new Set());
  await run.time.pass(2_999);
  run.outbox.follow({ rows: [row("a", { hasMetadata: true })], removed: [] });
  await run.time.pass(1);
  t.deepEqual(heard, []);
  await run.time.pass(4_000);
  t.deepEqual(heard, ["added", "metadata"]);
  t.deepEqual(run.warnings, ["outbox-not-saved"]);
  t.is(readState(store.text)?.entries.size, 0);
});

test("at 10,000 entries the oldest are dropped", async (t) => {
  const store = new MortalStore(writeState(new OutboxState(0)));
  let refuses = false;
  const { replace } = store;
  store.append = async () => {
    if (refuses) throw new Error("no");
  };
  store.replace = async (text) => {
    if (refuses) throw new Error("no");
    await replace(text);
  };
  const heard: string[] = [];
  const run = await start(store, 1, ({ torrent }) => heard.push(torrent.infoHash));
  refuses = true;
  run.outbox.begin([], new Set());
  const rows = Array.from({ length: 10_002 }, (_, index) => row(String(index)));
  run.outbox.follow({ rows, removed: [] });
  await settle();
  refuses = false;
  await run.time.pass(5_000);
  t.true(run.warnings.includes("dropped 2"));
  t.is(heard.length, 10_000);
  t.false(heard.includes("0") || heard.includes("1"));
});

test("a goal waits 5 s at most for a disk that does not answer", async (t) => {
  const store = new MortalStore(writeState(new OutboxState(0)), 2);
  const run = await start(store, 1, () => undefined);
  run.outbox.begin([row("a")], new Set());
  await settle();
  let hasSettled = false;
  const goal = run.outbox.reachGoal("a").then(() => (hasSettled = true));
  await run.time.pass(4_999);
  t.false(hasSettled);
  await run.time.pass(1);
  await goal;
  t.true(hasSettled);
});

test("a torrent that is not yet on record is not there: after a crash it is added again, as the first time", async (t) => {
  const heard: string[] = [];
  const hear = ({ event }: OutboxEntry): number => heard.push(event);
  const unrecorded = new Set(["a"]);
  const store = new MortalStore(writeState(new OutboxState(0)));
  const first = await start(store, 1, hear, unrecorded);
  first.outbox.begin([], new Set());
  first.outbox.follow({ rows: [row("a")], removed: [] });
  await settle();
  t.deepEqual(heard, []);
  unrecorded.clear();
  first.outbox.follow({ rows: [row("a")], removed: [] });
  await settle();
  t.deepEqual(heard, ["added"]);
});

test("a torrent that a crash brings back after its removal was heard is not added again", async (t) => {
  const heard: string[] = [];
  const hear = ({ event }: OutboxEntry): number => heard.push(event);
  const complete = row("a", {
    hasMetadata: true,
    completedAt: 2_000_000_000_001,
    downloadedBytes: 5,
  });
  const all = ["added", "metadata", "complete", "removed"];
  const first = await start(new MortalStore(writeState(new OutboxState(0))), 1, hear);
  first.outbox.begin([complete], new Set());
  first.outbox.follow({ rows: [], removed: ["a"] });
  await settle();
  t.deepEqual(heard, all);
  // It died before the removal was on record.
  const second = await start(new MortalStore(first.store.text), 2, hear);
  second.outbox.begin([complete], new Set());
  await settle();
  t.deepEqual(heard, all);
  second.outbox.follow({ rows: [], removed: ["a"] });
  second.outbox.follow({ rows: [row("a")], removed: [] });
  await settle();
  t.deepEqual(heard, [...all, "removed", "added"], "it was removed again, and added again");
  second.outbox.follow({ rows: [], removed: ["a"] });
  await settle();
  const third = await start(new MortalStore(second.store.text), 3, hear);
  third.outbox.begin([], new Set());
  await settle();
  t.is(heard.length, 7);
  t.is(readState(third.store.text)?.noted.size, 0);
});

test("notes of removed torrents are bounded", async (t) => {
  const store = new MortalStore(writeState(new OutboxState(0)));
  const run = await start(store, 1, () => undefined);
  run.outbox.begin([], new Set());
  const rows = Array.from({ length: 10_003 }, (_, index) => row(String(index)));
  run.outbox.follow({ rows, removed: [] });
  const names = rows.map(({ torrent }) => torrent);
  run.outbox.follow({ rows: [], removed: names.slice(0, 10_002) });
  run.outbox.follow({ rows: [], removed: names.slice(10_002) });
  await run.time.pass(1);
  t.is(readState(store.text)?.noted.size, 10_001);
});

import test from "ava";
import { ManualTime, settle } from "@troupe/actor-runtime/testing";
import { TroupeError } from "@troupe/control";
import type { InfoHashV2, TorrentKey } from "@troupe/protocol/identity";
import type { InfoHash } from "@troupe/protocol/units";
import type { JobLock } from "../../../src/api/lock/job-lock.ts";
import { jointLock, lockKeys, widenedLock } from "../../../src/api/lock/joint-lock.ts";

const v1 = "1".repeat(40) as InfoHash;
const v2 = "2".repeat(64) as InfoHashV2;
const keys = { v1: "1".repeat(40) as TorrentKey, v2: "2".repeat(40) as TorrentKey };

/** A lock that says what it does. */
class ToldLock implements JobLock {
  readonly folder: string;
  readonly seen: JobLock["seen"] = {};
  isHeld = false;
  isProvisional = false;
  /** Another program has it. */
  isTaken = false;
  readonly #told: string[];

  constructor(folder: string, told: string[]) {
    this.folder = folder;
    this.#told = told;
  }

  async take(): Promise<void> {
    if (this.isTaken) throw new TroupeError("already-running", `${this.folder} is taken`);
    this.#told.push(`take ${this.folder}`);
    this.isHeld = true;
  }

  async renew(): Promise<void> {
    if (this.isTaken) throw new TroupeError("already-running", `${this.folder} is taken`);
    this.#told.push(`renew ${this.folder}`);
    this.isHeld = true;
  }

  async release(): Promise<void> {
    if (this.isHeld) this.#told.push(`release ${this.folder}`);
    this.isHeld = false;
  }
}

function scene() {
  const told: string[] = [];
  const [one, two] = [new ToldLock("one", told), new ToldLock("two", told)];
  return { told, one, two, lock: jointLock([one, two]) };
}

test("a torrent is locked by its key, and by the key of its other hash", (t) => {
  t.deepEqual(lockKeys({ key: keys.v1, infoHashes: { v1 } }), [keys.v1]);
  t.deepEqual(lockKeys({ key: keys.v1, infoHashes: { v1, v2 } }), [keys.v1, keys.v2]);
  t.deepEqual(lockKeys({ key: keys.v2, infoHashes: { v1, v2 } }), [keys.v2, keys.v1]);
});

test("both locks are taken and released together", async (t) => {
  const { told, lock } = scene();
  t.is(lock.folder, "one");
  t.false(lock.isHeld);
  await lock.take();
  t.true(lock.isHeld);
  await lock.release();
  t.false(lock.isHeld);
  t.deepEqual(told, ["take one", "take two", "release one", "release two"]);
});

test("a refusal of one lock leaves none held", async (t) => {
  const { told, lock, two } = scene();
  two.isTaken = true;
  await t.throwsAsync(lock.take(), { code: "already-running" });
  t.false(lock.isHeld);
  t.deepEqual(told, ["take one", "release one"]);
  two.isTaken = false;
  await lock.take();
  two.isTaken = true;
  await t.throwsAsync(lock.renew(), { code: "already-running" });
  t.false(lock.isHeld);
});

test("a release waits for the taking that was asked for before it", async (t) => {
  const { told, lock } = scene();
  await Promise.all([lock.take(), lock.release()]);
  t.false(lock.isHeld);
  t.deepEqual(told, ["take one", "take two", "release one", "release two"]);
});

test("a lock of which one half is provisional is provisional, and one lock is itself", (t) => {
  const { lock, one, two } = scene();
  t.false(lock.isProvisional);
  two.isProvisional = true;
  t.true(lock.isProvisional);
  t.is(jointLock([one]), one);
});

/** The locks of a folder by the keys of two hashes, which two programs share. */
function sharedLocks() {
  const holders = new Map<TorrentKey, string>();
  const lockOf = (program: string, key: TorrentKey): JobLock => ({
    folder: "/data",
    seen: {},
    isProvisional: false,
    get isHeld() {
      return holders.get(key) === program;
    },
    async take() {
      const holder = holders.get(key);
      if (holder !== undefined && holder !== program)
        throw new TroupeError("already-running", `${holder} has ${key}`);
      holders.set(key, program);
    },
    renew: () => Promise.resolve(),
    release: async () => {
      if (holders.get(key) === program) holders.delete(key);
    },
  });
  const time = new ManualTime();
  /** The program runs its magnet by one hash and learns the other one. */
  const program = async (name: string, held: TorrentKey, learned: TorrentKey) => {
    const own = { key: held, lock: lockOf(name, held) };
    await own.lock.take();
    return widenedLock(own, [{ key: learned, lock: lockOf(name, learned) }], time);
  };
  return { holders, program, time };
}

for (const order of ["the smaller key first", "the larger key first"]) {
  test(`of two programs that learn each other's hash the one with the smaller key goes on: ${order}`, async (t) => {
    const { holders, program, time } = sharedLocks();
    const smaller = await program("a", keys.v1, keys.v2);
    const larger = await program("b", keys.v2, keys.v1);
    const locks = order === "the smaller key first" ? [smaller, larger] : [larger, smaller];
    const taken = locks.map(async (lock) => await lock.take());
    const ends = Promise.allSettled(taken);
    await settle();
    await time.pass(250);
    const results = await ends;
    t.is(results.filter(({ status }) => status === "fulfilled").length, 1);
    t.true(smaller.isHeld);
    t.false(larger.isHeld);
    t.deepEqual(
      holders,
      new Map([
        [keys.v1, "a"],
        [keys.v2, "a"],
      ]),
    );
  });
}

test("a lock whose holder goes on is refused after five seconds of waiting, and none is held", async (t) => {
  const { holders, program, time } = sharedLocks();
  const smaller = await program("a", keys.v1, keys.v2);
  await program("b", keys.v2, keys.v1);
  let end: unknown = "waits";
  void smaller.take().catch((error: unknown) => (end = error));
  await settle();
  await time.pass(4_999);
  t.is(end, "waits");
  await time.pass(1);
  await settle();
  t.like(end, { code: "already-running" });
  t.false(smaller.isHeld);
  t.deepEqual(holders, new Map([[keys.v2, "b"]]));
});

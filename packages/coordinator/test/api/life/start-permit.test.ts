import test from "ava";
import fc from "fast-check";
import { ManualTime, settle } from "@troupe/actor-runtime/testing";
import { TroupeError } from "@troupe/control";
import { StartPermit } from "../../../src/api/life/start-permit.ts";

const taken = new TroupeError("already-running", "it runs elsewhere");
const silent = new TroupeError("disk-not-answering", "the disk did not answer");

function must(isTrue: boolean, rule: string): void {
  if (!isTrue) throw new Error(`broken: ${rule}`);
}

/** A torrent in one process, its lock, its moves and its engine: a rule that is broken throws. */
class PermittedTorrent {
  readonly time = new ManualTime();
  readonly effects: string[] = [];
  fault: { readonly code: string; readonly message: string } | undefined;
  /** The result of the next attempts to lock. */
  trouble: TroupeError | undefined;
  moveTrouble: TroupeError | undefined;
  isRunning = false;
  readonly lock = {
    isHeld: false,
    isProvisional: false,
    folder: "/data",
    seen: {},
    take: () => this.#take(),
    renew: () => Promise.resolve(),
    release: () => this.#release(),
  };
  readonly services = { lock: this.lock, timers: this.time };
  readonly moves = {
    areUnderWay: false,
    mayBeCutOff: false,
    settle: (failed: (error: unknown) => void) => this.#settle(failed),
  };
  readonly permit = new StartPermit(this);
  readonly #attempts: (() => void)[] = [];
  isHeldUp = false;

  report(error: Error & { readonly code?: string }): void {
    this.effects.push(`report ${error.code}`);
    this.fault = { code: error.code ?? "", message: error.message };
    this.isRunning = false;
  }

  startInEngine(): void {
    must(this.lock.isHeld && !this.moves.areUnderWay, "the engine starts it with the lock held");
    must(this.permit.wish.run, "the engine starts it for its user");
    this.effects.push("start");
    this.fault = undefined;
    this.isRunning = true;
  }

  saveWish(): void {
    this.effects.push(`save ${this.permit.wish.run}`);
  }

  /** Attempts that were held up come to their ends, the oldest first. */
  async settleLocks(): Promise<void> {
    this.isHeldUp = false;
    for (const attempt of this.#attempts.splice(0)) attempt();
    await settle();
  }

  async #take(): Promise<void> {
    if (this.isHeldUp) await new Promise<void>((resolve) => void this.#attempts.push(resolve));
    if (this.trouble !== undefined) throw this.trouble;
    this.lock.isHeld = true;
  }

  #release(): Promise<void> {
    this.lock.isHeld = false;
    return Promise.resolve();
  }

  async #settle(failed: (error: unknown) => void): Promise<boolean> {
    await Promise.resolve();
    const { moveTrouble } = this;
    if (moveTrouble !== undefined) setImmediate(() => failed(moveTrouble));
    this.moves.mayBeCutOff = moveTrouble !== undefined;
    return moveTrouble === undefined;
  }
}

test("a start takes the lock first; with the lock held it goes to the engine at once", async (t) => {
  const torrent = new PermittedTorrent();
  torrent.permit.start();
  t.deepEqual(torrent.effects, ["save true"]);
  await settle();
  t.deepEqual(torrent.effects, ["save true", "start"]);
  torrent.permit.start();
  t.deepEqual(torrent.effects, ["save true", "start", "start"], "the wish is saved already");
  torrent.permit.stop();
  t.deepEqual(torrent.effects.slice(3), ["save false"]);
});

test("an added torrent is locked, and starts when it is resumed", async (t) => {
  const torrent = new PermittedTorrent();
  await torrent.permit.lock();
  t.true(torrent.lock.isHeld);
  t.deepEqual(torrent.effects, []);
  torrent.permit.resume();
  t.deepEqual(torrent.effects, ["start"]);
});

test("an added torrent whose lock is refused gives the error to its caller", async (t) => {
  const torrent = new PermittedTorrent();
  torrent.trouble = taken;
  await t.throwsAsync(torrent.permit.lock(), { code: "already-running" });
  t.deepEqual(torrent.effects, []);
});

test("a restore waits 1 s for the lock of a silent disk, and `resume` tries again", async (t) => {
  const torrent = new PermittedTorrent();
  torrent.isHeldUp = true;
  const locked = torrent.permit.lockSoon();
  torrent.time.advance(1_000);
  await locked;
  torrent.permit.resume();
  t.deepEqual(torrent.effects, []);
  await torrent.settleLocks();
  t.deepEqual(torrent.effects, ["start"]);
});

test("an interrupted move is settled before the engine gets the start, and its error is reported once", async (t) => {
  const torrent = new PermittedTorrent();
  torrent.moves.mayBeCutOff = true;
  torrent.moveTrouble = taken;
  torrent.permit.start();
  await settle();
  await settle();
  t.deepEqual(torrent.effects, ["save true", "report already-running"]);
  t.false(torrent.lock.isHeld);
  torrent.moveTrouble = undefined;
  torrent.permit.start();
  await settle();
  t.deepEqual(torrent.effects.slice(2), ["start"]);
});

test("the error of an attempt that a newer attempt, or a stop, has replaced is not reported", async (t) => {
  for (const replace of ["start", "stop"] as const) {
    const torrent = new PermittedTorrent();
    torrent.isHeldUp = true;
    torrent.permit.start();
    torrent.permit[replace]();
    torrent.trouble = taken;
    await torrent.settleLocks();
    const reports = torrent.effects.filter((effect) => effect.startsWith("report"));
    t.is(reports.length, replace === "start" ? 1 : 0);
  }
});

test("the error of a silent disk is reported once, and the attempts continue until the disk answers or a stop", async (t) => {
  const torrent = new PermittedTorrent();
  torrent.trouble = silent;
  torrent.permit.start();
  await settle();
  t.true(torrent.permit.waitsForDisk);
  for (let attempts = 0; attempts < 3; attempts++) {
    torrent.time.advance(5_000);
    await settle();
  }
  t.deepEqual(torrent.effects, ["save true", "report disk-not-answering"]);
  torrent.trouble = undefined;
  torrent.time.advance(5_000);
  await settle();
  t.deepEqual(torrent.effects.slice(2), ["start"]);
  torrent.permit.stop();
  t.is(torrent.time.pending, 0);
});

test("a listener of the error that stops the torrent ends the attempts", async (t) => {
  const torrent = new PermittedTorrent();
  torrent.trouble = silent;
  const report = torrent.report.bind(torrent);
  torrent.report = (error) => {
    report(error);
    torrent.permit.stop();
  };
  torrent.permit.start();
  await settle();
  t.is(torrent.time.pending, 0);
});

test("a new engine gets the start of a torrent that is to run and whose lock is held", async (t) => {
  const torrent = new PermittedTorrent();
  t.false(torrent.permit.engineRestarted());
  torrent.permit.start();
  await settle();
  t.true(torrent.permit.engineRestarted());
  t.deepEqual(torrent.effects, ["save true", "start", "start"]);
  torrent.permit.end();
  t.false(torrent.permit.engineRestarted());
  t.true(torrent.permit.wish.run, "the wish stays");
});

type Act = (torrent: PermittedTorrent) => void | Promise<void>;

const acts: Readonly<Record<string, Act>> = {
  start: ({ permit }) => permit.start(),
  async stop(torrent) {
    torrent.permit.stop();
    torrent.isRunning = false;
    await settle();
    if (!torrent.permit.isSought && !torrent.moves.areUnderWay) await torrent.lock.release();
  },
  pause: ({ permit }) => permit.pause(),
  "the disk falls silent": (torrent) => void (torrent.trouble = silent),
  "another program takes it": (torrent) => void (torrent.trouble = taken),
  "the lock is free": (torrent) => void (torrent.trouble = undefined),
  "attempts take long": (torrent) => void (torrent.isHeldUp = true),
  "locks settle": (torrent) => torrent.settleLocks(),
  async "5 s pass"({ time }) {
    time.advance(5_000);
    await settle();
  },
  move(torrent) {
    if (torrent.trouble !== undefined) return;
    torrent.lock.isHeld = true;
    torrent.moves.areUnderWay = true;
    torrent.isRunning = false;
  },
  arrive: (torrent) => arrive(torrent),
  "the engine restarts"(torrent) {
    torrent.isRunning = false;
    torrent.permit.engineRestarted();
  },
};

async function arrive(torrent: PermittedTorrent): Promise<void> {
  if (!torrent.moves.areUnderWay) return;
  torrent.moves.areUnderWay = false;
  if (torrent.permit.isSought) torrent.permit.resume();
  else await torrent.lock.release();
}

test("in any order of events the engine gets a start only with the lock held, and a wish is fulfilled when the disk answers", async (t) => {
  const names = fc.array(fc.constantFrom(...Object.keys(acts)), { maxLength: 25 });
  const property = fc.asyncProperty(names, async (order) => {
    const torrent = new PermittedTorrent();
    // One act after the other.
    // oxlint-disable-next-line no-await-in-loop
    for (const name of order) await acts[name]?.(torrent);
    torrent.trouble = undefined;
    for (let round = 0; round < 3; round++) {
      // oxlint-disable-next-line no-await-in-loop
      await arrive(torrent);
      // oxlint-disable-next-line no-await-in-loop
      await torrent.settleLocks();
      torrent.time.advance(5_000);
      // oxlint-disable-next-line no-await-in-loop
      await settle();
    }
    const hasFailed = torrent.fault?.code === taken.code;
    must(torrent.isRunning === (torrent.permit.wish.run && !hasFailed), "the wish is reached");
  });
  await t.notThrowsAsync(() => fc.assert(property, { numRuns: 300 }));
});

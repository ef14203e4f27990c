import test from "ava";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { TroupeError } from "@troupe/control";
import {
  claimAfter,
  isClaimed,
  unclaimed,
  type ClaimEffect,
  type ClaimEvent,
  type LockFacts,
  type Standing,
} from "../../../src/api/life/run-claim.ts";

const free: LockFacts = { isHeld: false, isSettled: true, isMoving: false };
const held: LockFacts = { ...free, isHeld: true };
const unsettled: LockFacts = { ...held, isSettled: false };
const moving: LockFacts = { ...held, isMoving: true };
const taken = new TroupeError("already-running", "it runs elsewhere");
const silent = new TroupeError("disk-not-answering", "the disk did not answer");

function everyEvent(attempt: number): ClaimEvent[] {
  const locks = [free, held, unsettled, moving];
  return [
    { event: "pause" },
    { event: "stop" },
    { event: "add" },
    { event: "end" },
    { event: "unsettled", attempt },
    ...locks.flatMap((lock): ClaimEvent[] => [
      { event: "start", lock },
      { event: "resume", lock },
      { event: "locked", lock },
      { event: "retry", attempt, lock },
      { event: "engine-restarted", lock },
    ]),
    ...[taken, silent].flatMap((error): ClaimEvent[] => [
      { event: "refused", attempt, error, shown: undefined },
      { event: "refused", attempt, error, shown: error.code },
    ]),
  ];
}

/** Everything that a torrent can be, but for the number of its attempt. */
function everyStanding(): Standing[] {
  const seen = new Map<string, Standing>();
  const queue = [unclaimed];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const key = JSON.stringify(next);
    if (seen.has(key)) continue;
    seen.set(key, next);
    for (const event of everyEvent(next.attempts)) {
      const { standing } = claimAfter(next, event);
      const { claim } = standing;
      const numbered = "attempt" in claim ? { ...claim, attempt: 1 } : claim;
      queue.push({ ...standing, claim: numbered, attempts: 1 });
    }
  }
  return [...seen.values()];
}

const standings = everyStanding();
const states = [...new Set(standings.map(({ claim }) => claim.state))];

function arrowsOfTable(): string[] {
  const source = new URL("../../../src/api/life/run-claim.ts", import.meta.url);
  const rows = readFileSync(source, "utf8").matchAll(/^\/\/ {3}([\w-]+) {2,}(.+→.+)$/gm);
  return [...rows].flatMap(([, from = "", arrows = ""]) =>
    arrows.split("; ").flatMap((arrow) => {
      const [events = "", to = ""] = arrow.split(" → ");
      return (from === "each" ? states : [from]).flatMap((state) =>
        events
          .split(", ")
          .flatMap((event) => to.split(", ").map((next) => `${state} ${event} ${next}`)),
      );
    }),
  );
}

test("the table in run-claim.ts has exactly the transitions of the code", (t) => {
  const arrows = new Set<string>();
  for (const standing of standings) {
    for (const event of everyEvent(standing.attempts)) {
      const { state } = claimAfter(standing, event).standing.claim;
      if (state !== standing.claim.state)
        arrows.add(`${standing.claim.state} ${event.event} ${state}`);
    }
  }
  const drawn = new Set(arrowsOfTable().filter((arrow) => !/^(\S+) \S+ \1$/.test(arrow)));
  t.deepEqual([...arrows].toSorted(), [...drawn].toSorted());
});

const done = (effects: readonly ClaimEffect[]): string[] => effects.map(({ effect }) => effect);

function after(...events: readonly ClaimEvent[]) {
  let standing = unclaimed;
  let effects: readonly ClaimEffect[] = [];
  for (const event of events) ({ standing, effects } = claimAfter(standing, event));
  return { standing, effects: done(effects) };
}

test("a start takes the lock first; with the lock held it goes to the engine at once", (t) => {
  t.deepEqual(after({ event: "start", lock: free }).effects, ["save-wish", "take-lock"]);
  const started = { event: "start", lock: held } as const;
  t.deepEqual(after(started).effects, ["save-wish", "tell-engine"]);
  t.deepEqual(after(started, started).effects, ["tell-engine"], "the wish is saved already");
});

test("an interrupted move is settled before the engine gets the start", (t) => {
  t.deepEqual(after({ event: "start", lock: unsettled }).effects, ["save-wish", "take-lock"]);
});

test("the error of an attempt that a newer attempt has replaced is not reported", (t) => {
  const start = { event: "start", lock: free } as const;
  const late = { event: "refused", attempt: 1, error: taken, shown: undefined } as const;
  t.deepEqual(after(start, start, late).effects, []);
  t.deepEqual(after(start, { event: "stop" }, late).effects, []);
  t.deepEqual(after(start, late).effects, ["report"]);
});

test("an error that repeats is reported once, and the attempts continue", (t) => {
  const refused = { event: "refused", error: silent } as const;
  const waits = after(
    { event: "start", lock: free },
    { ...refused, attempt: 1, shown: undefined },
    { event: "retry", attempt: 1, lock: free },
    { ...refused, attempt: 2, shown: silent.code },
  );
  t.deepEqual(waits.effects, ["retry-later"]);
});

/** A torrent in one process, its lock, its moves and its engine: a rule that is broken throws. */
class ClaimedTorrent {
  standing = unclaimed;
  lock = { ...free };
  /** The result of the next attempt to lock. */
  trouble: TroupeError | undefined;
  isTold = false;
  /** The library's last error is one that only a start ends. */
  hasFailed = false;
  #attempts: number[] = [];
  #retries: number[] = [];

  dispatch(event: ClaimEvent): void {
    const { wish, claim } = this.standing;
    const { standing, effects } = claimAfter(this.standing, event);
    this.standing = standing;
    const isUsers = ["start", "stop", "pause", "add"].includes(event.event);
    must(isUsers || standing.wish === wish, "the user alone changes the wish");
    const isNew = isClaimed(standing.claim) && !isClaimed(claim);
    must(
      !isNew || isUsers || event.event === "retry",
      "nothing but a wish, or the disk, brings it back",
    );
    for (const effect of effects) this.#carryOut(effect);
  }

  /** Every attempt comes to its end, the oldest first. */
  settleLocks(): void {
    for (const attempt of this.#attempts.splice(0)) {
      if (this.trouble === undefined) {
        this.lock = { ...this.lock, isHeld: true, isSettled: true };
        this.dispatch({ event: "locked", lock: this.lock });
      } else {
        this.dispatch({ event: "refused", attempt, error: this.trouble, shown: undefined });
      }
    }
    if (!isClaimed(this.standing.claim) && !this.lock.isMoving) this.lock.isHeld = false;
  }

  retry(): void {
    for (const attempt of this.#retries.splice(0)) {
      this.dispatch({ event: "retry", attempt, lock: this.lock });
    }
  }

  #carryOut(effect: ClaimEffect): void {
    if (effect.effect === "take-lock") this.#attempts.push(effect.attempt);
    if (effect.effect === "retry-later") this.#retries.push(effect.attempt);
    if (effect.effect === "report") this.hasFailed = effect.error === taken;
    if (effect.effect !== "tell-engine") return;
    must(this.lock.isHeld && !this.lock.isMoving, "the engine is told only with the lock in hand");
    this.isTold = true;
  }
}

function must(isTrue: boolean, rule: string): void {
  if (!isTrue) throw new Error(`broken: ${rule}`);
}

const acts: Readonly<Record<string, (torrent: ClaimedTorrent) => void>> = {
  start(torrent) {
    torrent.hasFailed = false;
    torrent.dispatch({ event: "start", lock: torrent.lock });
  },
  stop(torrent) {
    torrent.isTold = false;
    torrent.dispatch({ event: "stop" });
  },
  pause: (torrent) => torrent.dispatch({ event: "pause" }),
  "the disk falls silent": (torrent) => void (torrent.trouble = silent),
  "another program takes it": (torrent) => void (torrent.trouble = taken),
  "the lock is free": (torrent) => void (torrent.trouble = undefined),
  "locks settle": (torrent) => torrent.settleLocks(),
  "5 s pass": (torrent) => torrent.retry(),
  move(torrent) {
    if (torrent.trouble !== undefined) return;
    torrent.lock = { ...torrent.lock, isHeld: true, isMoving: true };
    torrent.isTold = false;
  },
  arrive: (torrent) => arrive(torrent),
  "the engine restarts"(torrent) {
    torrent.isTold = false;
    torrent.dispatch({ event: "engine-restarted", lock: torrent.lock });
  },
};

function arrive(torrent: ClaimedTorrent): void {
  if (!torrent.lock.isMoving) return;
  torrent.lock.isMoving = false;
  torrent.dispatch({ event: "resume", lock: torrent.lock });
}

test("in any order of events the engine gets a start only with the lock held, and a wish is fulfilled when the disk answers", (t) => {
  const names = fc.array(fc.constantFrom(...Object.keys(acts)), { maxLength: 40 });
  const property = fc.property(names, (order) => {
    const torrent = new ClaimedTorrent();
    for (const name of order) acts[name]?.(torrent);
    torrent.trouble = undefined;
    for (let round = 0; round < 3; round++) {
      arrive(torrent);
      torrent.settleLocks();
      torrent.retry();
    }
    const { wish } = torrent.standing;
    must(torrent.isTold === (wish.run && !torrent.hasFailed), "the wish is reached");
  });
  t.notThrows(() => fc.assert(property, { numRuns: 2_000 }));
});

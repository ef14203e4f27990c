import { ManualTime } from "@troupe/actor-runtime/testing";
import test from "ava";

import {
  HandshakeTurns,
  longestTurnWaitMs,
  mostWaitingTurns,
} from "../../../src/connection/encryption/handshake-turns.ts";

/** Works take a time, which passes on the clock. */
class Scene {
  readonly time = new ManualTime();
  readonly done: number[] = [];
  readonly refused: number[] = [];
  readonly turns: HandshakeTurns;
  readonly #tookMs: number;
  #spentMs = 0;

  constructor({ hasPayload = false, tookMs = 0 }) {
    this.#tookMs = tookMs;
    const clock = { nowMs: () => this.time.nowMs() + this.#spentMs };
    this.turns = new HandshakeTurns({ clock, timers: this.time }, () => hasPayload);
  }

  add(work: number): () => void {
    const run = (): void => {
      this.#spentMs += this.#tookMs;
      this.done.push(work);
    };
    return this.turns.add(run, () => this.refused.push(work));
  }

  addMany(count: number): void {
    for (let work = 0; work < count; work++) this.add(work);
  }
}

test("works run in order in later turns, 2 ms of them in a turn", (t) => {
  const scene = new Scene({ tookMs: 0.5 });
  scene.addMany(10);
  t.deepEqual(scene.done, []);
  scene.time.endTurn();
  t.deepEqual(scene.done, [0, 1, 2, 3]);
  scene.time.endTurn();
  t.is(scene.done.length, 8);
  scene.time.advance(1);
  t.is(scene.done.length, 10);
  t.is(scene.time.pending, 0);
});

test("B10, case 65: beside payload works take a twentieth of the time, also when they come one by one", (t) => {
  const scene = new Scene({ hasPayload: true, tookMs: 1 });
  scene.addMany(3);
  scene.time.endTurn();
  t.deepEqual(scene.done, [0]);
  scene.time.advance(18.9);
  t.deepEqual(scene.done, [0]);
  scene.time.advance(0.2);
  t.deepEqual(scene.done, [0, 1]);
  scene.time.advance(20);
  t.deepEqual(scene.done, [0, 1, 2]);
  t.is(scene.time.pending, 0);
  scene.add(3);
  scene.time.advance(15);
  t.is(scene.done.length, 3);
  scene.time.advance(5);
  t.is(scene.done.length, 4);
});

test("case 65: the 201st work that waits is refused at once, and one that has waited 10 s", (t) => {
  const scene = new Scene({ hasPayload: true, tookMs: 1 });
  scene.addMany(mostWaitingTurns + 1);
  t.deepEqual(scene.refused, [mostWaitingTurns]);
  const slow = new Scene({ hasPayload: true, tookMs: longestTurnWaitMs });
  slow.addMany(3);
  slow.time.advance(1);
  t.deepEqual(slow.done, [0]);
  slow.time.advance(longestTurnWaitMs * 20);
  t.deepEqual(slow.refused, [1, 2]);
});

test("a work that is taken back does not run", (t) => {
  const scene = new Scene({});
  scene.add(1);
  const takeBack = scene.add(2);
  takeBack();
  scene.time.advance(1);
  t.deepEqual(scene.done, [1]);
});

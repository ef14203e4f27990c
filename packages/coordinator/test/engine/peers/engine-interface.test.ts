import test from "ava";
import type { InterfaceState } from "@troupe/actor-runtime";
import { EngineInterface } from "../../../src/engine/peers/engine-interface.ts";

const up = (key: string): InterfaceState => ({ kind: "up", key, hosts: { 4: "198.51.100.7" } });

/** An interface whose states a test sets, and the changes that the engine follows in ticks of 250 ms. */
function scene(first: InterfaceState) {
  let state = first;
  let nowMs = 0;
  let questions = 0;
  const bound = {
    name: "wg0",
    hold: "device",
    look: () => state,
    canAskNames: () => {
      questions++;
      return false;
    },
  } as const;
  const followed = new EngineInterface(bound);
  const ticks = (count: number): readonly string[] =>
    Array.from({ length: count }, () => followed.look((nowMs += 250))).filter(
      (change) => change !== undefined,
    );
  const becomes = (next: InterfaceState): void => {
    state = next;
  };
  return { followed, ticks, becomes, questions: () => questions };
}

test("D08: an interface that is up at the start is no return", (t) => {
  const { followed, ticks } = scene(up("a"));
  t.deepEqual(ticks(10), []);
  t.is(followed.state, "up");
  t.false(followed.canAskNames);
});

test("D08: all torrents together ask once a tick whether name servers may be asked", (t) => {
  const { followed, questions, ticks } = scene(up("a"));
  for (let torrent = 0; torrent < 100; torrent++) t.false(followed.canAskNames);
  t.is(questions(), 1);
  ticks(1);
  t.is(questions(), 1);
  t.false(followed.canAskNames);
  t.is(questions(), 2);
});

test("D08: a loss is followed at once, and a return in the tick after it", (t) => {
  const { becomes, followed, ticks } = scene(up("a"));
  becomes({ kind: "absent" });
  t.deepEqual(ticks(1), ["down"]);
  t.is(followed.state, "absent");
  t.true(followed.canAskNames);
  t.deepEqual(ticks(10), []);
  becomes(up("b"));
  t.deepEqual(ticks(1), []);
  t.deepEqual(ticks(1), ["back"]);
  t.deepEqual(ticks(10), []);
});

test("D08: an interface that is absent at the start is followed when it comes", (t) => {
  const { becomes, ticks } = scene({ kind: "absent" });
  t.deepEqual(ticks(4), []);
  becomes(up("a"));
  t.deepEqual(ticks(2), ["back"]);
});

test("D08: another address without a loss between is a return", (t) => {
  const { becomes, ticks } = scene(up("a"));
  becomes(up("b"));
  t.deepEqual(ticks(2), ["back"]);
});

test("D08: returns that follow each other are announced every 4 s, the last within 5 s", (t) => {
  const { becomes, ticks } = scene(up("a"));
  const changes = Array.from({ length: 40 }, (_, at) => {
    becomes(up(`${at >> 1}`));
    return ticks(1);
  }).flat();
  t.is(changes.filter((change) => change === "back").length, 3);
  t.deepEqual(ticks(20), ["back"]);
});

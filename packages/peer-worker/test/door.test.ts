import test from "ava";

import { Door } from "../src/door.ts";
import { WorkerBench } from "./support/worker-bench.ts";

const host = "198.51.100.1";

function door(): { readonly door: Door; passMinute(): void } {
  let nowMs = 0;
  return {
    door: new Door(() => nowMs),
    passMinute() {
      nowMs += 60_000;
    },
  };
}

test("case 61: a host with two faults in a minute stays outside for the rest of it", (t) => {
  const { door: entrance, passMinute } = door();
  entrance.noteFault(host);
  t.is(entrance.turnsAway(host), undefined);
  entrance.noteFault(host);
  t.is(entrance.turnsAway(host), "too-many-faults");
  t.is(entrance.turnsAway("198.51.100.2"), undefined);
  passMinute();
  t.is(entrance.turnsAway(host), undefined);
});

test("case 59: a host may connect sixty times in a minute", (t) => {
  const { door: entrance, passMinute } = door();
  for (let count = 0; count < 60; count++) t.is(entrance.turnsAway(host), undefined);
  t.is(entrance.turnsAway(host), "too-many-connections");
  t.is(entrance.turnsAway("127.0.0.1"), undefined);
  passMinute();
  t.is(entrance.turnsAway(host), undefined);
});

test("local hosts may do all this as often as they like", (t) => {
  const { door: entrance } = door();
  for (let count = 0; count < 100; count++) {
    entrance.noteFault("127.0.0.1");
    entrance.noteProbe("127.0.0.1");
    t.is(entrance.turnsAway("127.0.0.1"), undefined);
  }
});

test("case 61: a peer that comes back after each fault is closed unread the third time", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  for (let count = 0; count < 2; count++) {
    const peer = await bench.meet(torrent, "a");
    peer.have(99);
    await bench.settle();
    t.like(bench.saidOnce("peer-closed"), { reason: "piece-out-of-range" });
  }
  const third = bench.sockets.connect({ host: "198.51.100.97", port: 6_881 });
  t.true(third.isClosed);
  await bench.advance(60_000);
  t.false((await bench.meet(torrent, "a")).isClosed);
});

import test from "ava";

import { AddressThrottle } from "../../src/connection/address-throttle.ts";
import { WorkerBench } from "../support/worker-bench.ts";

const host = "198.51.100.1";

function makeThrottle(): { readonly throttle: AddressThrottle; passMinute(): void } {
  let nowMs = 0;
  return {
    throttle: new AddressThrottle(() => nowMs),
    passMinute() {
      nowMs += 60_000;
    },
  };
}

test("case 61: a host with two faults in a minute is refused for the rest of the minute", (t) => {
  const { throttle, passMinute } = makeThrottle();
  throttle.noteFault(host);
  t.is(throttle.throttle(host), undefined);
  throttle.noteFault(host);
  t.is(throttle.throttle(host), "too-many-faults");
  t.is(throttle.throttle("198.51.100.2"), undefined);
  passMinute();
  t.is(throttle.throttle(host), undefined);
});

test("case 59: a host may connect sixty times in a minute", (t) => {
  const { throttle, passMinute } = makeThrottle();
  for (let count = 0; count < 60; count++) t.is(throttle.throttle(host), undefined);
  t.is(throttle.throttle(host), "too-many-connections");
  t.is(throttle.throttle("127.0.0.1"), undefined);
  passMinute();
  t.is(throttle.throttle(host), undefined);
});

test("case 65: a host may begin twenty encrypted connections in a minute", (t) => {
  const { throttle, passMinute } = makeThrottle();
  for (let count = 0; count < 20; count++) {
    t.is(throttle.throttle(host), undefined);
    throttle.noteEncrypted(host);
  }
  t.is(throttle.throttle(host), "too-many-connections");
  t.is(throttle.throttle("198.51.100.2"), undefined);
  passMinute();
  t.is(throttle.throttle(host), undefined);
});

test("local hosts are not counted", (t) => {
  const { throttle } = makeThrottle();
  for (let count = 0; count < 100; count++) {
    throttle.noteFault("127.0.0.1");
    throttle.noteProbe("127.0.0.1");
    t.is(throttle.throttle("127.0.0.1"), undefined);
  }
});

test("case 61: a peer that reconnects after each fault is closed unread the third time", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  for (let count = 0; count < 2; count++) {
    const peer = await bench.meet(torrent, "a");
    peer.have(99);
    await bench.settle();
    t.like(bench.takeNotice("peer-closed"), { reason: "piece-out-of-range" });
  }
  const third = bench.sockets.connect({ host: "198.51.100.97", port: 6_881 });
  t.true(third.isClosed);
  await bench.advance(60_000);
  t.false((await bench.meet(torrent, "a")).isClosed);
});

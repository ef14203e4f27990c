import test from "ava";
import type { StreamHandlers } from "@troupe/actor-runtime";
import { ManualTime } from "@troupe/actor-runtime/testing";
import type { Transport } from "@troupe/messages";

import { secondTransportMs, type DialOrder } from "../../src/connection/dial-order.ts";
import { DialRace } from "../../src/connection/dial-race.ts";
import { FakeStream } from "../support/fake-stream.ts";

const tcpFirst: DialOrder = { first: "tcp", second: "utp" };
const utpFirst: DialOrder = { first: "utp", second: "tcp" };
const handlers: StreamHandlers = { bytes() {}, closed() {} };

/** A race whose dials wait for the test. */
function race(order: DialOrder, { isUtpThere = true } = {}) {
  const time = new ManualTime();
  const dialled: Transport[] = [];
  const streams = new Map<Transport, FakeStream>();
  let tcpEnds = 0;
  const calls = {
    timers: time,
    dial: (transport: Transport) => {
      if (transport === "utp" && !isUtpThere) return undefined;
      dialled.push(transport);
      const stream = new FakeStream({ host: "203.0.113.5", port: 1 }, (task) => time.soon(task));
      streams.set(transport, stream);
      return stream;
    },
    tcpEnded: () => {
      tcpEnds++;
    },
  };
  const begun = new DialRace(order, calls, handlers);
  begun.begin();
  const streamOf = (transport: Transport): FakeStream => {
    const stream = streams.get(transport);
    if (stream === undefined) throw new Error(`${transport} was not dialled`);
    return stream;
  };
  return {
    dialled,
    wait: (milliseconds: number) => {
      const untilMs = time.nowMs() + milliseconds;
      while (time.step(untilMs));
    },
    open: (transport: Transport) => begun.opened(streamOf(transport)),
    close: (transport: Transport, reason: string) => begun.closed(streamOf(transport), reason),
    isClosed: (transport: Transport) => streamOf(transport).isClosed,
    abandon: () => begun.abandon(),
    tcpEnds: () => tcpEnds,
  };
}

test("the second transport is dialled half a second after the first, and the first to open ends the other", (t) => {
  for (const [order, first, second] of [
    [tcpFirst, "tcp", "utp"],
    [utpFirst, "utp", "tcp"],
  ] as const) {
    const { dialled, isClosed, open, wait } = race(order);
    wait(secondTransportMs - 1);
    t.deepEqual(dialled, [first]);
    wait(1);
    t.deepEqual(dialled, [first, second]);
    t.is(open(second), second);
    t.true(isClosed(first));
    t.is(open(first), undefined);
  }
});

test("a first transport that opens in time leaves the second alone", (t) => {
  const { dialled, open, wait } = race(tcpFirst);
  t.is(open("tcp"), "tcp");
  wait(10 * secondTransportMs);
  t.deepEqual(dialled, ["tcp"]);
});

test("the end of the loser is no end of the connection, and that of the winner is", (t) => {
  const { close, open, wait } = race(tcpFirst);
  wait(secondTransportMs);
  open("utp");
  t.is(close("tcp", "ECONNRESET"), "goes-on");
  t.deepEqual(close("utp", "ECONNRESET"), { reason: "ECONNRESET" });
});

test("a race is lost when both have failed, by the reason of TCP; the end of TCP alone is told", (t) => {
  const { close, tcpEnds, wait } = race(tcpFirst);
  wait(secondTransportMs);
  t.is(close("tcp", "EHOSTUNREACH"), "goes-on");
  t.is(tcpEnds(), 1);
  t.deepEqual(close("utp", "dial-timeout"), { reason: "EHOSTUNREACH" });
});

test("a peer that refuses TCP at once gets no dial over uTP; one that refuses uTP at once gets TCP", (t) => {
  const refused = race(tcpFirst);
  t.deepEqual(refused.close("tcp", "ECONNREFUSED"), { reason: "ECONNREFUSED" });
  refused.wait(10 * secondTransportMs);
  t.deepEqual(refused.dialled, ["tcp"]);

  const other = race(utpFirst);
  t.is(other.close("utp", "ECONNREFUSED"), "goes-on");
  t.deepEqual(other.dialled, ["utp", "tcp"]);
  t.deepEqual(other.close("tcp", "ECONNREFUSED"), { reason: "ECONNREFUSED" });
});

test("without a place for a dial over uTP TCP goes on alone", (t) => {
  const { close, dialled, tcpEnds, wait } = race(tcpFirst, { isUtpThere: false });
  wait(secondTransportMs);
  t.deepEqual(dialled, ["tcp"]);
  t.deepEqual(close("tcp", "dial-timeout"), { reason: "dial-timeout" });
  t.is(tcpEnds(), 0);
});

test("an abandoned race ends its dials and begins no other", (t) => {
  const { abandon, close, dialled, isClosed, wait } = race(tcpFirst);
  abandon();
  wait(10 * secondTransportMs);
  t.deepEqual(dialled, ["tcp"]);
  t.true(isClosed("tcp"));
  t.is(close("tcp", "ECONNRESET"), "goes-on");
});

import test, { type ExecutionContext } from "ava";

import { bytesOfText } from "../../support/text-bytes.ts";
import { Inbox } from "../../io/support/datagrams-suite.ts";
import { LineBench, type Flow } from "../support/line-bench.ts";

/** Until the windows are full. */
const warmUpMs = 3_000;

/** Rates in kB/s, within 3 % and a segment of `expected`. */
async function carries(
  t: ExecutionContext,
  bench: LineBench,
  flows: readonly Flow[],
  expected: readonly number[],
): Promise<void> {
  await bench.world.run(warmUpMs);
  const rates = await bench.rates(flows);
  const areNear = rates.every((rate, index) => {
    const wanted = expected[index] ?? 0;
    return Math.abs(rate - wanted) <= 0.03 * wanted + 4;
  });
  t.true(areNear, `${rates.join(", ")} kB/s`);
}

test("two senders share a downlink equally", async (t) => {
  const bench = new LineBench([{}, {}, { downBytesPerSecond: 1_000_000 }]);
  const flows = [await bench.flow(1, 3), await bench.flow(2, 3)];
  await carries(t, bench, flows, [500, 500]);
});

test("three receivers share an uplink equally", async (t) => {
  const bench = new LineBench([{ upBytesPerSecond: 900_000 }, {}, {}, {}]);
  const flows = [await bench.flow(1, 2), await bench.flow(1, 3), await bench.flow(1, 4)];
  await carries(t, bench, flows, [300, 300, 300]);
});

test("connections of the same two machines take shares like any others", async (t) => {
  const bench = new LineBench([{ upBytesPerSecond: 900_000 }, {}, {}]);
  const flows = [await bench.flow(1, 2), await bench.flow(1, 2), await bench.flow(1, 3)];
  await carries(t, bench, flows, [300, 300, 300]);
});

test("a share that one connection cannot use goes to the others of its line", async (t) => {
  // 2 and 3 send to 4, whose downlink leaves each 500; 2 can send no more than 200 there. 1 sends to 5 and to 6.
  const bench = new LineBench([
    { upBytesPerSecond: 1_000_000 },
    { upBytesPerSecond: 200_000 },
    {},
    { downBytesPerSecond: 1_000_000 },
    { downBytesPerSecond: 100_000 },
    {},
  ]);
  const flows = [
    await bench.flow(2, 4),
    await bench.flow(3, 4),
    await bench.flow(1, 5),
    await bench.flow(1, 6),
  ];
  await carries(t, bench, flows, [200, 800, 100, 900]);
});

test("rates are max-min fair where uplinks and downlinks bound each other", async (t) => {
  // The uplink of 1 serves 2 and 3; the downlink of 3 serves 1, 4 and 5. 300 for each of its three, 700 for 2.
  const bench = new LineBench([
    { upBytesPerSecond: 1_000_000 },
    {},
    { downBytesPerSecond: 900_000 },
    {},
    {},
  ]);
  const flows = [
    await bench.flow(1, 2),
    await bench.flow(1, 3),
    await bench.flow(4, 3),
    await bench.flow(5, 3),
  ];
  await carries(t, bench, flows, [700, 300, 300, 300]);
});

test("a machine sends and receives at its full rates at once, also beside one without a line", async (t) => {
  const both = { upBytesPerSecond: 1_000_000, downBytesPerSecond: 2_000_000 };
  const bench = new LineBench([both, undefined, {}]);
  const flows = [await bench.flow(1, 2), await bench.flow(2, 1), await bench.flow(3, 1)];
  await carries(t, bench, flows, [1_000, 1_000, 1_000]);
});

test("the route between two machines bounds their connections too", async (t) => {
  const bench = new LineBench([{ upBytesPerSecond: 1_000_000 }, {}, {}]);
  bench.world.network.setConditions("10.0.0.1", "10.0.0.2", { bytesPerSecond: 100_000 });
  const flows = [await bench.flow(1, 2), await bench.flow(1, 3)];
  await carries(t, bench, flows, [100, 900]);
});

test("a line of 100 Mbit/s is full over a round trip of 200 ms where windows are large", async (t) => {
  const bytesPerSecond = 12_500_000;
  const line = { upBytesPerSecond: bytesPerSecond, downBytesPerSecond: bytesPerSecond };
  const bench = new LineBench([line, line], { latencyMs: 100, windowBytes: 4 << 20 });
  const flows = [await bench.flow(1, 2)];
  await carries(t, bench, flows, [12_500]);
});

test("a reader that stalls does not hold the bytes of the others", async (t) => {
  const bench = new LineBench([{ upBytesPerSecond: 1_000_000 }, { downBytesPerSecond: 800_000 }]);
  const stalled = await bench.flow(1, 2);
  const other = await bench.flow(1, 2);
  stalled.receiver?.pause();
  await carries(t, bench, [stalled, other], [0, 800]);
  stalled.receiver?.resume();
  await carries(t, bench, [stalled, other], [400, 400]);
});

for (const [what, end] of [
  ["ends", (flow: Flow) => flow.sender?.end()],
  ["is reset by its sender", (flow: Flow) => flow.sender?.destroy()],
  ["is reset by its receiver", (flow: Flow) => flow.receiver?.destroy()],
] as const) {
  test(`a connection that ${what} leaves the line to the others`, async (t) => {
    const bench = new LineBench([{ upBytesPerSecond: 1_000_000 }, { downBytesPerSecond: 800_000 }]);
    const ending = await bench.flow(1, 2);
    const other = await bench.flow(1, 2);
    await bench.world.run(warmUpMs);
    ending.isClosed = true;
    end(ending);
    await bench.world.run(50);
    await carries(t, bench, [other], [800]);
  });
}

test("a black hole holds one connection back, and the line carries the others", async (t) => {
  const bench = new LineBench([{ upBytesPerSecond: 1_000_000 }, {}, {}]);
  const held = await bench.flow(1, 2);
  const other = await bench.flow(1, 3);
  bench.world.network.setBlackHole("10.0.0.1", "10.0.0.2", true);
  await carries(t, bench, [held, other], [0, 1_000]);
  bench.world.network.setBlackHole("10.0.0.1", "10.0.0.2", false);
  await carries(t, bench, [held, other], [500, 500]);
});

test("datagrams have the share of a connection, and those beyond the queue are dropped", async (t) => {
  const bench = new LineBench([{ upBytesPerSecond: 1_000_000 }, {}]);
  const { world } = bench;
  const inbox = new Inbox();
  const to = { host: "10.0.0.2", port: 5 };
  await world.settle(bench.portsOf(2).datagrams.bind({ host: "0.0.0.0", port: 5 }, inbox));
  const socket = await world.settle(
    bench.portsOf(1).datagrams.bind({ host: "0.0.0.0", port: 5 }, new Inbox()),
  );
  const flow = await bench.flow(1, 2);
  await world.run(warmUpMs);
  // 2 MB a second, twice the line.
  const sending = bench.portsOf(1).timers.every(5, () => {
    for (let number = 0; number < 10; number++) socket.send(bytesOfText("x".repeat(1_000)), to);
  });
  await carries(t, bench, [flow], [500]);
  sending.cancel();
  await world.run(2_000);
  const carried = inbox.texts.length;
  t.true(carried > 4_000 && carried < 4_200, `${carried} of 16,000`);
  // Nothing is left of the storm: a single datagram takes the latency and no more.
  inbox.texts.length = 0;
  flow.sender?.destroy();
  await world.run(1_000);
  socket.send(bytesOfText("alone"), to);
  await world.run(30);
  t.deepEqual(inbox.texts, ["alone"]);
});

test("a machine reaches itself without its line", async (t) => {
  const bench = new LineBench([{ upBytesPerSecond: 1_000, downBytesPerSecond: 1_000 }]);
  const flow = await bench.flow(1, 1);
  await bench.world.run(5);
  t.true(flow.receivedBytes > 100_000);
});

test("the same seed gives the same trace", async (t) => {
  const digest = async (): Promise<string> => {
    const bench = new LineBench([{ upBytesPerSecond: 500_000 }, {}, {}], { jitterMs: 10 });
    await bench.flow(1, 2);
    await bench.flow(1, 3);
    await bench.flow(3, 2);
    await bench.world.run(2_000);
    return bench.world.traceDigest();
  };
  t.is(await digest(), await digest());
});

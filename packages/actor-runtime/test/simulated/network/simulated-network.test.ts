import test from "ava";

import { End, pattern } from "../../io/support/socket-ends.ts";
import { socketsSuite } from "../../io/support/sockets-suite.ts";
import { networkBench, pairOf, socketBench } from "../support/network-bench.ts";

socketsSuite(test, () => socketBench(networkBench("suite")));

/** One transfer both ways, as its trace. */
async function transferTrace(seed: string): Promise<readonly string[]> {
  const bench = networkBench(seed);
  const { dialled, accepted } = await pairOf(bench);
  dialled.live.write(pattern(500_000));
  accepted.live.write(pattern(100_000));
  await bench.scheduler.settle(
    Promise.all([accepted.whenReceived(500_000), dialled.whenReceived(100_000)]),
  );
  dialled.live.end();
  await bench.scheduler.settle(accepted.whenClosed);
  return bench.lines;
}

test("the same seed moves the same bytes in the same chunks at the same times", async (t) => {
  const first = await transferTrace("7");
  t.deepEqual(await transferTrace("7"), first);
  t.notDeepEqual(await transferTrace("8"), first);
  t.true(first.length > 10);
});

test("bytes take the time of latency and bandwidth", async (t) => {
  const bench = networkBench("time", { latencyMs: 50, jitterMs: 0, bytesPerSecond: 1_000_000 });
  const { dialled, accepted } = await pairOf(bench);
  const startMs = bench.scheduler.nowMs;
  dialled.live.write(pattern(200_000));
  await bench.scheduler.settle(accepted.whenReceived(200_000));
  t.is(Math.round(bench.scheduler.nowMs - startMs), 250);
});

test("two connections share the bandwidth of their path", async (t) => {
  const bench = networkBench("share", { latencyMs: 0, jitterMs: 0, bytesPerSecond: 1_000_000 });
  const first = await pairOf(bench);
  const second = await pairOf(bench);
  const startMs = bench.scheduler.nowMs;
  first.dialled.live.write(pattern(200_000));
  second.dialled.live.write(pattern(200_000));
  await bench.scheduler.settle(
    Promise.all([first.accepted.whenReceived(200_000), second.accepted.whenReceived(200_000)]),
  );
  t.is(Math.round(bench.scheduler.nowMs - startMs), 400);
});

test("a chunk that is kept after its call is overwritten", async (t) => {
  const bench = networkBench("stale");
  const kept: Uint8Array[] = [];
  await bench.scheduler.settle(
    bench.b.listen({ host: "10.0.0.2", port: 80 }, () => ({
      bytes: (_stream, chunk) => kept.push(chunk),
      closed: () => {},
    })),
  );
  bench.a.dial({ host: "10.0.0.2", port: 80 }, new End(), { timeoutMs: 1000 }).write(pattern(9));
  await bench.scheduler.run(1000);
  t.deepEqual(kept, [new Uint8Array(9).fill(0xa5)]);
});

test("a dial to an unused address, or through a black hole, times out", async (t) => {
  const bench = networkBench("hole");
  const nowhere = new End();
  bench.a.dial({ host: "10.9.9.9", port: 80 }, nowhere, { timeoutMs: 3000 });
  t.is(await bench.scheduler.settle(nowhere.whenClosed), "dial-timeout");
  t.is(bench.scheduler.nowMs, 3000);
  bench.network.setBlackHole("10.0.0.1", "10.0.0.2", true);
  const hidden = new End();
  bench.a.dial({ host: "10.0.0.2", port: 80 }, hidden, { timeoutMs: 3000 });
  t.is(await bench.scheduler.settle(hidden.whenClosed), "dial-timeout");
});

test("a black hole holds bytes back until the path works again", async (t) => {
  const bench = networkBench("hold");
  const { dialled, accepted } = await pairOf(bench);
  bench.network.setBlackHole("10.0.0.1", "10.0.0.2", true);
  dialled.live.write(pattern(1000));
  accepted.live.end();
  await bench.scheduler.run(bench.scheduler.nowMs + 5000);
  t.is(accepted.receivedBytes, 0);
  t.deepEqual(dialled.reasons, []);
  bench.network.setBlackHole("10.0.0.1", "10.0.0.2", false);
  await bench.scheduler.settle(Promise.all([dialled.whenClosed, accepted.whenClosed]));
  t.deepEqual([...dialled.reasons, ...accepted.reasons], [undefined, undefined]);
});

test("a cut resets the connections of two machines and no others", async (t) => {
  const bench = networkBench("cut");
  const c = bench.network.attach("c", ["10.0.0.3"]);
  const { dialled, accepted } = await pairOf(bench);
  const other = new End();
  const listener = await bench.scheduler.settle(
    bench.b.listen({ host: "10.0.0.2", port: 80 }, () => new End()),
  );
  c.dial(listener.address, other, { timeoutMs: 1000 });
  await bench.scheduler.settle(other.whenOpened);
  bench.network.cut("10.0.0.2", "10.0.0.1");
  const reasons = await bench.scheduler.settle(
    Promise.all([dialled.whenClosed, accepted.whenClosed]),
  );
  t.deepEqual(reasons, ["ECONNRESET", "ECONNRESET"]);
  t.deepEqual(other.reasons, []);
});

test("a path that breaks connections resets both ends and returns their memory", async (t) => {
  const bench = networkBench("break");
  const { dialled, accepted } = await pairOf(bench);
  bench.network.setConditions("10.0.0.1", "10.0.0.2", { resetChance: 1 });
  let written = 0;
  dialled.live.write(pattern(1000), () => {
    written += 1;
  });
  const reasons = await bench.scheduler.settle(
    Promise.all([dialled.whenClosed, accepted.whenClosed]),
  );
  t.deepEqual(reasons, ["ECONNRESET", "ECONNRESET"]);
  t.is(written, 1);
});

test("a peer that never reads is closed ten seconds after the end", async (t) => {
  const bench = networkBench("linger");
  const { dialled, accepted } = await pairOf(bench);
  accepted.live.pause();
  dialled.live.write(new Uint8Array(10_000_000));
  dialled.live.end();
  const startMs = bench.scheduler.nowMs;
  t.is(await bench.scheduler.settle(dialled.whenClosed), undefined);
  t.is(bench.scheduler.nowMs - startMs, 10_000);
});

test("a machine reaches itself by loopback, and other machines by their addresses", async (t) => {
  const bench = networkBench("loopback");
  const listener = await bench.scheduler.settle(
    bench.a.listen({ host: "127.0.0.1", port: 0 }, () => new End()),
  );
  const [own, foreign, outside] = [new End(), new End(), new End()];
  bench.a.dial(listener.address, own, { timeoutMs: 1000 });
  bench.b.dial(listener.address, foreign, { timeoutMs: 1000 });
  bench.b.dial({ ...listener.address, host: "10.0.0.1" }, outside, { timeoutMs: 1000 });
  await bench.scheduler.settle(own.whenOpened);
  t.is(await bench.scheduler.settle(foreign.whenClosed), "ECONNREFUSED");
  t.is(await bench.scheduler.settle(outside.whenClosed), "ECONNREFUSED");
});

test("addresses of a family that the machine lacks, or of others, are refused", async (t) => {
  const bench = networkBench("family");
  const [six, foreign] = [new End(), new End()];
  bench.b.dial({ host: "2001:db8::1", port: 80 }, six, { timeoutMs: 1000 });
  t.is(await bench.scheduler.settle(six.whenClosed), "ENETUNREACH");
  const options = { timeoutMs: 1000, localHost: "10.0.0.1" };
  bench.b.dial({ host: "10.0.0.1", port: 80 }, foreign, options);
  t.is(await bench.scheduler.settle(foreign.whenClosed), "EADDRNOTAVAIL");
  await t.throwsAsync(
    bench.b.listen({ host: "10.0.0.1", port: 0 }, () => new End()),
    {
      code: "EADDRNOTAVAIL",
    },
  );
});

test("wildcards take their families, and listeners that share a port share its dials", async (t) => {
  const bench = networkBench("wildcard");
  const heard: string[] = [];
  const listen = (name: string, host: string, options: object = {}): Promise<unknown> =>
    bench.scheduler.settle(
      bench.a.listen({ host, port: 6881, ...options }, () => {
        heard.push(name);
        return new End();
      }),
    );
  await listen("six", "::", { ipv6Only: true });
  await listen("four", "0.0.0.0", { reusePort: true });
  await listen("four again", "0.0.0.0", { reusePort: true });
  await t.throwsAsync(listen("both", "::"), { code: "EADDRINUSE" });
  for (let dials = 0; dials < 20; dials += 1) {
    bench.b.dial({ host: "10.0.0.1", port: 6881 }, new End(), { timeoutMs: 1000 });
  }
  await bench.scheduler.run(1000);
  t.is(heard.length, 20);
  t.deepEqual([...new Set(heard)].toSorted(), ["four", "four again"]);
});

test("an address belongs to one machine", (t) => {
  t.throws(() => networkBench("twice").network.attach("c", ["10.0.0.1"]), {
    message: /belongs to a/u,
  });
});

// The behaviour of every implementation of Sockets, real or simulated.

import type { ExecutionContext, TestFn } from "ava";

import { connectedPair, End, pattern, type SocketBench } from "./socket-ends.ts";

const mebibyte = 1024 * 1024;

type OpenBench = (t: ExecutionContext) => SocketBench;

/** Declares the suite's tests; each gets a bench of its own. */
export function socketsSuite(test: TestFn, openBench: OpenBench): void {
  bytesArrive(test, openBench);
  streamsEnd(test, openBench);
  writersWait(test, openBench);
  portsAreTaken(test, openBench);
}

function bytesArrive(test: TestFn, openBench: OpenBench): void {
  test("bytes of both directions arrive completely and in order", async (t) => {
    const bench = openBench(t);
    const { dialled, accepted } = await connectedPair(bench);
    const there = pattern(3 * mebibyte, 7);
    const back = pattern(100_000, 8);
    for (let begin = 0; begin < there.byteLength; begin += 70_001) {
      dialled.live.write(there.subarray(begin, begin + 70_001));
    }
    accepted.live.write(back);
    await bench.settle(
      Promise.all([accepted.whenReceived(there.byteLength), dialled.whenReceived(back.byteLength)]),
    );
    t.true(accepted.hasReceived(there));
    t.true(dialled.hasReceived(back));
  });

  test("each end has both addresses", async (t) => {
    const bench = openBench(t);
    const { dialled, accepted, listener } = await connectedPair(bench);
    t.deepEqual(dialled.live.remote, listener.address);
    t.deepEqual(accepted.live.local, listener.address);
    t.deepEqual(accepted.live.remote, dialled.live.local);
    t.true(listener.address.port > 0);
  });
}

function streamsEnd(test: TestFn, openBench: OpenBench): void {
  test("an end by one side closes both sides without a reason, after the last byte", async (t) => {
    const bench = openBench(t);
    const { dialled, accepted } = await connectedPair(bench);
    dialled.live.write(pattern(300_000));
    dialled.live.end();
    const reasons = await bench.settle(Promise.all([dialled.whenClosed, accepted.whenClosed]));
    t.deepEqual(reasons, [undefined, undefined]);
    t.is(accepted.receivedBytes, 300_000);
  });

  test("destroy closes once, in a later turn", async (t) => {
    const bench = openBench(t);
    const { dialled, accepted } = await connectedPair(bench);
    dialled.live.destroy();
    dialled.live.destroy();
    t.deepEqual(dialled.reasons, []);
    await bench.settle(Promise.all([dialled.whenClosed, accepted.whenClosed]));
    t.deepEqual(dialled.reasons, [undefined]);
  });

  test("reset closes both sides at once, and the other one hears of it", async (t) => {
    const bench = openBench(t);
    const { dialled, accepted } = await connectedPair(bench);
    dialled.live.reset();
    const reasons = await bench.settle(Promise.all([dialled.whenClosed, accepted.whenClosed]));
    t.deepEqual(reasons, [undefined, "ECONNRESET"]);
  });

  test("reset of a dial that is under way ends it before it opens", async (t) => {
    const bench = openBench(t);
    const { listener } = await connectedPair(bench);
    const dialled = new End();
    bench.sockets.dial(listener.address, dialled, { timeoutMs: 5_000 }).reset();
    t.is(await bench.settle(dialled.whenClosed), undefined);
    t.is(dialled.openedTimes, 0);
  });

  test("written memory is returned exactly once, also when the stream is destroyed", async (t) => {
    const bench = openBench(t);
    const { dialled, accepted } = await connectedPair(bench);
    accepted.live.pause();
    const returned: number[] = [];
    const allBack = Promise.withResolvers<void>();
    const writes = 64;
    for (let index = 0; index < writes; index += 1) {
      dialled.live.write(new Uint8Array(new SharedArrayBuffer(mebibyte)), () => {
        returned.push(index);
        if (returned.length === writes) allBack.resolve();
      });
    }
    t.true(dialled.live.queuedBytes > 0);
    dialled.live.destroy();
    await bench.settle(Promise.all([allBack.promise, dialled.whenClosed]));
    t.deepEqual(
      returned.toSorted((a, b) => a - b),
      Array.from({ length: writes }, (_, index) => index),
    );
  });

  test("after close every method does nothing and written is still called", async (t) => {
    const bench = openBench(t);
    const { dialled } = await connectedPair(bench);
    const { live } = dialled;
    live.destroy();
    await bench.settle(dialled.whenClosed);
    const written = Promise.withResolvers<void>();
    t.true(live.write(pattern(10), written.resolve));
    live.pause();
    live.resume();
    live.end();
    live.destroy();
    await bench.settle(written.promise);
    t.is(live.queuedBytes, 0);
    t.deepEqual(dialled.reasons, [undefined]);
  });
}

function writersWait(test: TestFn, openBench: OpenBench): void {
  test("a write that must wait returns false, and drained follows when the queue is empty", async (t) => {
    const bench = openBench(t);
    const { dialled, accepted } = await connectedPair(bench);
    accepted.live.pause();
    let writes = 0;
    while (dialled.live.write(new Uint8Array(mebibyte))) writes += 1;
    t.true(dialled.live.queuedBytes > 0);
    t.is(dialled.drainedTimes, 0);
    accepted.live.resume();
    await bench.settle(dialled.whenDrained);
    t.is(dialled.live.queuedBytes, 0);
    await bench.settle(accepted.whenReceived((writes + 1) * mebibyte));
    t.is(dialled.drainedTimes, 1);
  });

  test("the bytes that the kernel has taken of a write grow while the other side reads", async (t) => {
    const bench = openBench(t);
    const { dialled, accepted } = await connectedPair(bench);
    accepted.live.pause();
    const wholeBytes = 64 * mebibyte;
    dialled.live.write(new Uint8Array(wholeBytes));
    const { takenBytes } = dialled.live;
    t.true(takenBytes < wholeBytes);
    accepted.live.resume();
    await bench.settle(accepted.whenReceived(wholeBytes / 2));
    t.true(dialled.live.takenBytes >= wholeBytes / 2);
    await bench.settle(accepted.whenReceived(wholeBytes));
    t.is(dialled.live.takenBytes, wholeBytes);
  });

  test("a paused stream gets no data until it is resumed", async (t) => {
    const bench = openBench(t);
    const { dialled, accepted } = await connectedPair(bench);
    accepted.live.pause();
    const probe = await connectedPair(bench);
    dialled.live.write(pattern(1000));
    // A later exchange on another connection shows that the first bytes have had their time.
    probe.dialled.live.write(pattern(1000));
    await bench.settle(probe.accepted.whenReceived(1000));
    t.is(accepted.receivedBytes, 0);
    accepted.live.resume();
    await bench.settle(accepted.whenReceived(1000));
    t.true(accepted.hasReceived(pattern(1000)));
  });
}

function portsAreTaken(test: TestFn, openBench: OpenBench): void {
  test("a dial to a closed port is refused", async (t) => {
    const bench = openBench(t);
    const listener = await bench.settle(
      bench.sockets.listen({ host: bench.host, port: 0 }, () => new End()),
    );
    await bench.settle(listener.close());
    const dialled = new End();
    bench.sockets.dial(listener.address, dialled, { timeoutMs: 10_000 });
    t.is(await bench.settle(dialled.whenClosed), "ECONNREFUSED");
    t.is(dialled.openedTimes, 0);
  });

  test("a dial to an invalid address fails by an event, not by a throw", async (t) => {
    const bench = openBench(t);
    for (const address of [
      { host: "tracker.example", port: 80 },
      { host: bench.host, port: 0 },
      { host: bench.host, port: 70_000 },
    ]) {
      const dialled = new End();
      bench.sockets.dial(address, dialled, { timeoutMs: 10_000 });
      t.deepEqual(dialled.reasons, []);
      t.is(await bench.settle(dialled.whenClosed), "EINVAL");
    }
  });

  test("a port in use is not listened to twice", async (t) => {
    const bench = openBench(t);
    const { listener } = await connectedPair(bench);
    await t.throwsAsync(
      bench.settle(bench.sockets.listen({ ...listener.address }, () => new End())),
      { code: "EADDRINUSE" },
    );
  });

  test("a closed listener leaves its connections alone and frees its port", async (t) => {
    const bench = openBench(t);
    const { dialled, accepted, listener } = await connectedPair(bench);
    await bench.settle(listener.close());
    await bench.settle(listener.close());
    dialled.live.write(pattern(10));
    await bench.settle(accepted.whenReceived(10));
    const again = await bench.settle(
      bench.sockets.listen({ ...listener.address }, () => new End()),
    );
    t.deepEqual(again.address, listener.address);
  });

  test("bytes that arrive after end are dropped", async (t) => {
    const bench = openBench(t);
    const { dialled, accepted } = await connectedPair(bench);
    dialled.live.end();
    accepted.live.write(pattern(100));
    await bench.settle(Promise.all([dialled.whenClosed, accepted.whenClosed]));
    t.is(dialled.receivedBytes, 0);
  });
}

// The contract of a stream, held by connections over a virtual line.

import type { Stream } from "@troupe/actor-runtime";
import { utpTypes } from "@troupe/protocol/utp";
import test from "ava";

import { type Connected, End, first, second, UtpPair } from "./utp-pair.ts";

const line = { delayMs: 10, bytesPerSecond: 1_000_000 };
const text = (bytes: string): Uint8Array => new TextEncoder().encode(bytes);
const typeOf = (datagram: Uint8Array): number => (datagram[0] ?? 0) >> 4;

/** Both ends open, and `hi` there. */
async function opened(
  pair: UtpPair,
): Promise<Connected & { readonly a: Stream; readonly b: Stream }> {
  const connected = pair.connect();
  connected.dialled.stream?.write(text("hi"));
  await pair.scheduler.run(200);
  const { stream: a } = connected.dialled;
  const { stream: b } = connected.accepted;
  if (a === undefined || b === undefined) throw new Error("not open");
  return { ...connected, a, b };
}

test("a dial opens after a round trip, with the addresses of both ends", async (t) => {
  const pair = new UtpPair({ line, options: { local: { host: "10.0.0.7", port: 7 } } });
  const { dialled, accepted } = pair.connect();
  await pair.scheduler.run(19);
  t.false(dialled.isOpened);
  await pair.scheduler.run(22);
  t.true(dialled.isOpened);
  dialled.stream?.write(text("x"));
  await pair.scheduler.run(100);
  t.deepEqual(dialled.stream?.remote, second);
  t.deepEqual(accepted.stream?.remote, first);
  t.deepEqual(accepted.stream?.local, { host: "10.0.0.7", port: 7 });
});

test("bytes written before the dial has opened are sent when it has", async (t) => {
  const pair = new UtpPair({ line });
  const { accepted } = await opened(pair);
  t.is(Buffer.from(accepted.bytesSoFar).toString(), "hi");
});

test("writes of one turn share packets", async (t) => {
  const pair = new UtpPair({ line });
  const { a, accepted } = await opened(pair);
  let packets = 0;
  pair.toSecond.filter = (bytes) => {
    if (typeOf(bytes) === utpTypes.data) packets++;
    return true;
  };
  for (let count = 0; count < 100; count++) a.write(text("0123456789"));
  await pair.scheduler.run(400);
  t.is(accepted.receivedBytes, 1_002);
  t.is(packets, 1);
});

test("a write of nothing is written", async (t) => {
  const pair = new UtpPair({ line });
  const { a } = await opened(pair);
  let written = 0;
  a.write(new Uint8Array(0), () => written++);
  await pair.scheduler.run(201);
  t.is(written, 1);
});

test("written is called when the bytes are acknowledged, and the counts show what was sent", async (t) => {
  const pair = new UtpPair({ line });
  const { a } = await opened(pair);
  let written = 0;
  t.true(a.write(new Uint8Array(1_000), () => written++));
  t.is(a.queuedBytes, 1_000);
  await pair.scheduler.run(205);
  t.is(a.queuedBytes, 0);
  t.is(a.takenBytes, 1_002);
  t.is(written, 0);
  await pair.scheduler.run(300);
  t.is(written, 1);
});

test("a write beyond 64 KiB returns false, and drained follows once", async (t) => {
  const pair = new UtpPair({ line });
  const { a, dialled } = await opened(pair);
  let drained = 0;
  dialled.onDrained = () => drained++;
  t.true(a.write(new Uint8Array(65_536)));
  t.false(a.write(new Uint8Array(1)));
  t.is(drained, 0);
  await pair.scheduler.run(3_000);
  t.is(drained, 1);
});

test("end sends the queue, then closes both ends in order, in a later turn", async (t) => {
  const pair = new UtpPair({ line });
  const { a, b, dialled, accepted } = await opened(pair);
  a.write(new Uint8Array(100_000));
  b.write(new Uint8Array(50_000));
  a.end();
  a.write(text("after the end"), () => {});
  t.is(dialled.end, undefined);
  await pair.scheduler.run(5_000);
  t.is(accepted.receivedBytes, 100_002);
  t.deepEqual([dialled.end, accepted.end], [{ reason: undefined }, { reason: undefined }]);
  t.deepEqual([dialled.closedTimes, accepted.closedTimes], [1, 1]);
  t.is(dialled.receivedBytes, 0);
});

test("both ends may end at once", async (t) => {
  const pair = new UtpPair({ line });
  const { a, b, dialled, accepted } = await opened(pair);
  a.end();
  b.end();
  await pair.scheduler.run(1_000);
  t.deepEqual([dialled.end, accepted.end], [{ reason: undefined }, { reason: undefined }]);
});

test("an end before the dial has opened sends the queue", async (t) => {
  const pair = new UtpPair({ line });
  const { dialled, accepted } = pair.connect();
  dialled.stream?.write(text("bye"));
  dialled.stream?.end();
  await pair.scheduler.run(1_000);
  t.is(Buffer.from(accepted.bytesSoFar).toString(), "bye");
  t.false(dialled.isOpened);
  t.deepEqual([dialled.end, accepted.end], [{ reason: undefined }, { reason: undefined }]);
});

test("an end whose last acknowledgement is lost closes both ends in order", async (t) => {
  const pair = new UtpPair({ line });
  const { a, dialled, accepted } = await opened(pair);
  let lost = 0;
  let fins = 0;
  pair.toSecond.filter = (bytes) => {
    if (typeOf(bytes) === utpTypes.fin) fins++;
    const isLost = fins > 0 && typeOf(bytes) === utpTypes.state && lost < 1;
    if (isLost) lost++;
    return !isLost;
  };
  a.end();
  await pair.scheduler.run(3_000);
  t.is(lost, 1);
  t.deepEqual([dialled.end, accepted.end], [{ reason: undefined }, { reason: undefined }]);
});

test("destroy closes at once, and the other end in order if nothing is under way", async (t) => {
  const pair = new UtpPair({ line });
  const { a, dialled, accepted } = await opened(pair);
  a.destroy();
  t.is(dialled.closedTimes, 0);
  await pair.scheduler.run(200.5);
  t.deepEqual(dialled.end, { reason: undefined });
  await pair.scheduler.run(5_000);
  t.deepEqual(accepted.end, { reason: undefined });
  t.deepEqual([dialled.closedTimes, accepted.closedTimes], [1, 1]);
  t.is(pair.a.stats.connections + pair.b.stats.connections, 0);
});

test("destroy with bytes under way resets the other end, and gives the memory back", async (t) => {
  const pair = new UtpPair({ line });
  const { a, dialled, accepted } = await opened(pair);
  let written = 0;
  a.write(new Uint8Array(200_000), () => written++);
  await pair.scheduler.run(210);
  a.destroy();
  t.is(written, 0);
  await pair.scheduler.run(1_000);
  t.is(written, 1);
  t.deepEqual([dialled.end, accepted.end], [{ reason: undefined }, { reason: "ECONNRESET" }]);
});

test("reset is seen by the other end", async (t) => {
  const pair = new UtpPair({ line });
  const { b, dialled, accepted } = await opened(pair);
  b.reset();
  await pair.scheduler.run(1_000);
  t.deepEqual([dialled.end, accepted.end], [{ reason: "ECONNRESET" }, { reason: undefined }]);
});

test("an acceptor may destroy its stream at once, and a reader in the midst of a read", async (t) => {
  const pair = new UtpPair({ line });
  const end = new End({});
  pair.b.accept = (stream) => {
    stream.destroy();
    return end;
  };
  const dialled = new End({});
  dialled.stream = pair.a.dial(second, dialled, { timeoutMs: 1_000 });
  dialled.stream.write(text("hi"));
  await pair.scheduler.run(5_000);
  t.is(end.closedTimes, 1);
  t.is(end.receivedBytes, 0);
  t.is(dialled.closedTimes, 1);
  const reader = pair.connect({}, { onBytes: (_, stream) => stream.destroy() });
  reader.dialled.stream?.write(new Uint8Array(50_000));
  await pair.scheduler.run(10_000);
  t.is(reader.accepted.chunks.length, 1);
  t.is(reader.accepted.closedTimes, 1);
  t.is(pair.b.stats.heldBytes, 0);
});

test("a paused stream gets no byte, closes its window, and opens it again", async (t) => {
  const pair = new UtpPair({ line, options: { windowBudgetBytes: 65_536 } });
  const { a, b, accepted } = await opened(pair);
  b.pause();
  const content = Uint8Array.from({ length: 200_000 }, (_, at) => at * 7);
  a.write(content);
  await pair.scheduler.run(60_000);
  t.is(accepted.receivedBytes, 2);
  t.true(pair.b.stats.heldBytes <= 65_536);
  t.true(pair.b.stats.heldBytes > 32_768);
  const { sentPackets } = pair.a.stats;
  await pair.scheduler.run(120_000);
  const probes = pair.a.stats.sentPackets - sentPackets;
  t.true(probes >= 4 && probes <= 10, `${probes} packets in a minute`);
  b.resume();
  t.is(accepted.receivedBytes, 2);
  await pair.scheduler.run(122_000);
  t.is(accepted.receivedBytes, 200_002);
  t.true(Buffer.from(content).equals(accepted.bytesSoFar.subarray(2)));
  t.is(pair.b.stats.heldBytes, 0);
});

test("a window whose opening was lost is found by a probe", async (t) => {
  const pair = new UtpPair({ line, options: { windowBudgetBytes: 65_536 } });
  const { a, b, accepted } = await opened(pair);
  b.pause();
  a.write(new Uint8Array(200_000));
  await pair.scheduler.run(5_000);
  pair.toFirst.filter = () => false;
  b.resume();
  await pair.scheduler.run(5_050);
  pair.toFirst.filter = () => true;
  await pair.scheduler.run(25_000);
  t.is(accepted.receivedBytes, 200_002);
});

test("an end that comes while the reader is paused follows its bytes", async (t) => {
  const pair = new UtpPair({ line });
  const { a, b, accepted } = await opened(pair);
  b.pause();
  a.write(new Uint8Array(10_000));
  a.end();
  await pair.scheduler.run(2_000);
  t.is(accepted.end, undefined);
  b.resume();
  await pair.scheduler.run(3_000);
  t.is(accepted.receivedBytes, 10_002);
  t.deepEqual(accepted.end, { reason: undefined });
});

test("two sides that dial each other get two connections", async (t) => {
  const pair = new UtpPair({ line });
  const { dialled, accepted } = pair.connect();
  const back = new End({});
  const incoming = new End({});
  pair.a.accept = () => incoming;
  back.stream = pair.b.dial(first, back, { timeoutMs: 5_000 });
  dialled.stream?.write(text("one"));
  back.stream.write(text("two"));
  await pair.scheduler.run(1_000);
  t.true(dialled.isOpened && back.isOpened);
  t.is(Buffer.from(accepted.bytesSoFar).toString(), "one");
  t.is(Buffer.from(incoming.bytesSoFar).toString(), "two");
  t.is(pair.a.stats.connections, 2);
});

test("two dials to one address have ids of their own, also next to each other", async (t) => {
  const pair = new UtpPair({ line, counter: 10 });
  const ends = [pair.connect(), pair.connect(), pair.connect()];
  const accepted: End[] = [];
  pair.b.accept = () => {
    const end = new End({});
    accepted.push(end);
    return end;
  };
  for (const [at, { dialled }] of ends.entries()) dialled.stream?.write(text(`stream ${at}`));
  await pair.scheduler.run(1_000);
  const texts = accepted.map((end) => Buffer.from(end.bytesSoFar).toString());
  t.deepEqual(texts.toSorted(), ["stream 0", "stream 1", "stream 2"]);
});

test("a closed table closes all connections with its reason, resets the others, and dials no more", async (t) => {
  const pair = new UtpPair({ line });
  const { dialled, accepted } = await opened(pair);
  pair.a.close("engine-closed");
  const late = new End({});
  pair.a.dial(second, late, { timeoutMs: 1_000 });
  t.is(dialled.closedTimes, 0);
  await pair.scheduler.run(1_000);
  t.deepEqual(dialled.end, { reason: "engine-closed" });
  t.deepEqual(late.end, { reason: "engine-closed" });
  t.deepEqual(accepted.end, { reason: "ECONNRESET" });
  t.is(pair.a.stats.connections, 0);
});

test("a batch of packets gets one acknowledgement, and a lone packet gets it after 20 ms", async (t) => {
  const pair = new UtpPair({ line: { delayMs: 10 } });
  const { a } = await opened(pair);
  const acksMs: number[] = [];
  pair.toFirst.filter = () => acksMs.push(pair.scheduler.nowMs) > 0;
  a.write(new Uint8Array(4_000));
  await pair.scheduler.run(300);
  t.deepEqual(acksMs, [210]);
  a.write(new Uint8Array(10));
  await pair.scheduler.run(400);
  t.deepEqual(acksMs, [210, 330]);
});

test("a lost end of a window is sent again long before the time-out", async (t) => {
  const pair = new UtpPair({ line: { delayMs: 10 } });
  const { a, accepted } = await opened(pair);
  a.write(new Uint8Array(1_000));
  await pair.scheduler.run(300);
  let packets = 0;
  pair.toSecond.filter = () => ++packets < 3 || packets > 4;
  a.write(new Uint8Array(4 * 1_212));
  await pair.scheduler.run(500);
  t.is(pair.toSecond.droppedPackets, 2);
  t.is(accepted.receivedBytes, 2 + 1_000 + 4 * 1_212);
});

test("data carries the acknowledgement that is owed", async (t) => {
  const pair = new UtpPair({ line: { delayMs: 10 } });
  const { a, b, accepted } = await opened(pair);
  accepted.onBytes = () => void b.write(text("answer"));
  const types: number[] = [];
  pair.toFirst.filter = (bytes) => types.push(typeOf(bytes)) > 0;
  a.write(text("question"));
  await pair.scheduler.run(300);
  t.deepEqual(types, [utpTypes.data]);
});

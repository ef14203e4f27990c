// Random packets to a live connection, and connections that share a disturbed line.

import { SeededRandom } from "@troupe/actor-runtime/simulated";
import { seqPlus, utpTypes } from "@troupe/protocol/utp";
import test from "ava";
import fc from "fast-check";

import { type RawFields, RawPeer } from "./raw-peer.ts";
import { End, UtpPair } from "./utp-pair.ts";

const types = Object.keys(utpTypes) as (keyof typeof utpTypes)[];
const budgetBytes = 60_000;

test("no sequence of packets throws, holds more than the budget, or has us send what nobody asked for", async (t) => {
  const near = fc.integer({ min: -3, max: 40 });
  const field = fc.record({
    type: fc.constantFrom(...types),
    id: fc.integer({ min: 98, max: 103 }),
    seqStep: fc.oneof(near, fc.nat(65_535)),
    ackStep: fc.oneof(near, fc.nat(65_535)),
    windowBytes: fc.oneof(fc.nat(3_000), fc.nat(0xffff_ffff)),
    differenceUs: fc.nat(0xffff_ffff),
    timestampUs: fc.nat(0xffff_ffff),
    payload: fc.constantFrom("", "a", "b".repeat(1_400)),
    selective: fc.option(fc.array(fc.nat(255), { maxLength: 12 }), { nil: undefined }),
    passMs: fc.nat(800),
  });
  const packets = fc.array(field, { minLength: 1, maxLength: 60, size: "max" });
  await fc.assert(
    fc.asyncProperty(packets, async (given) => {
      const peer = new RawPeer({ windowBudgetBytes: budgetBytes });
      peer.dialIn();
      const firstAck = peer.ack;
      peer.end.stream?.write(new Uint8Array(9_000));
      for (const { seqStep, ackStep, passMs, selective, ...rest } of given) {
        const raw: RawFields = {
          ...rest,
          seq: seqPlus(2, seqStep),
          ack: seqPlus(firstAck, ackStep),
        };
        peer.give(selective === undefined ? raw : { ...raw, selective });
        await peer.pass(passMs);
        t.true(peer.sockets.stats.heldBytes <= budgetBytes);
      }
      t.true(peer.end.closedTimes <= 1);
      peer.sockets.close("over");
      await peer.pass(1);
      t.is(peer.end.closedTimes, 1);
      t.is(peer.sockets.stats.heldBytes, 0);
      t.is(peer.sockets.stats.connections, 0);
      t.true(peer.sent.length <= 40 + 3 * given.length, `${peer.sent.length} packets`);
    }),
    { numRuns: 150 },
  );
});

test("both directions of ten connections over one disturbed line are exact", async (t) => {
  const line = { delayMs: 15, bytesPerSecond: 3_000_000, loss: 0.02, duplicates: 0.01 };
  const pair = new UtpPair({ line: { ...line, reordering: 0.02, reorderMs: 10 }, driftPpm: 100 });
  const random = new SeededRandom("both directions");
  const there = Array.from({ length: 10 }, () => random.bytes(60_000));
  const back = random.bytes(60_000);
  const accepted: End[] = [];
  pair.b.accept = (stream) => {
    const end = new End({ stream });
    accepted.push(end);
    stream.write(back);
    end.onBytes = () => void (end.receivedBytes === 60_000 && stream.end());
    return end;
  };
  const { accept } = pair.b;
  const dialled = there.map((content) => {
    const { dialled: end } = pair.connect();
    end.stream?.write(content);
    return end;
  });
  pair.b.accept = accept;
  await pair.scheduler.runUntil(
    () => accepted.length === 10 && [...dialled, ...accepted].every(({ end }) => end !== undefined),
    60_000,
  );
  for (const [at, end] of dialled.entries()) {
    t.true(Buffer.from(back).equals(end.bytesSoFar), `back ${at}`);
    t.deepEqual(end.end, { reason: undefined });
  }
  const arrived = accepted.map((end) => Buffer.from(end.bytesSoFar).toString("base64"));
  const sent = there.map((content) => Buffer.from(content).toString("base64"));
  t.deepEqual(arrived.toSorted(), sent.toSorted());
});

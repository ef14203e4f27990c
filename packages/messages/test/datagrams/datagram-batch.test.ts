import test from "ava";
import fc from "fast-check";

import type { Address } from "@troupe/actor-runtime";
import {
  BatchWriter,
  mostBatchBytes,
  mostBatchEntries,
  readBatch,
} from "../../src/datagrams/datagram-batch.ts";

type Entry = readonly [address: Address, payload: Uint8Array | string];

const address = fc.record({
  host: fc.oneof(fc.ipV4(), fc.ipV6()),
  port: fc.integer({ min: 0, max: 65_535 }),
});
const datagram = fc.uint8Array({ maxLength: 1_500 });
const code = fc.constantFrom("ENETUNREACH", "EPERM", "");
const entries: fc.Arbitrary<Entry[]> = fc.array(fc.tuple(address, fc.oneof(datagram, code)), {
  maxLength: 2 * mostBatchEntries,
});
const somewhere = { host: "192.0.2.1", port: 7 };

function add(writer: BatchWriter, [to, payload]: Entry): boolean {
  return typeof payload === "string" ? writer.addRefusal(to, payload) : writer.add(payload, to);
}

function entriesOf(batch: Uint8Array): Entry[] {
  const read: Entry[] = [];
  readBatch(batch, {
    datagram: (bytes, from) => read.push([from, Uint8Array.from(bytes)]),
    refused: (to, text) => read.push([to, text]),
  });
  return read;
}

test("datagrams and refusals come back in their order, over as many batches as they need", (t) => {
  const property = fc.property(entries, (written) => {
    const writer = new BatchWriter();
    const batches: Uint8Array[] = [];
    for (const entry of written) {
      if (add(writer, entry)) continue;
      batches.push(writer.take());
      t.true(add(writer, entry));
    }
    batches.push(writer.take());
    t.deepEqual(batches.flatMap(entriesOf), written);
    t.true(batches.every((batch) => batch.length <= mostBatchBytes));
  });
  fc.assert(property, { numRuns: 60 });
});

test("a batch that is cut within an entry is an error, and the entries before are read", (t) => {
  const writer = new BatchWriter();
  writer.add(new Uint8Array(9), somewhere);
  const first = writer.usedBytes;
  writer.addRefusal(somewhere, "EPERM");
  const batch = writer.take();
  for (let length = 1; length < batch.length; length++) {
    if (length === first) continue;
    const read: unknown[] = [];
    const handlers = {
      datagram: (bytes: Uint8Array) => read.push(bytes.length),
      refused: (_: Address, text: string) => read.push(text),
    };
    t.throws(() => readBatch(batch.subarray(0, length), handlers), { instanceOf: RangeError });
    t.deepEqual(read, length > first ? [9] : []);
  }
});

test("bytes of any content are a batch or a RangeError", (t) => {
  const property = fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
    let total = 0;
    const handlers = {
      datagram: ({ length }: Uint8Array) => void (total += length),
      refused: () => {},
    };
    try {
      readBatch(bytes, handlers);
    } catch (error) {
      t.true(error instanceof RangeError);
    }
    t.true(total <= bytes.length);
  });
  fc.assert(property, { numRuns: 300 });
});

test("a batch takes 256 entries, and then none until it is taken", (t) => {
  const writer = new BatchWriter();
  for (let i = 0; i < mostBatchEntries; i++) t.true(writer.add(new Uint8Array(1), somewhere));
  t.false(writer.add(new Uint8Array(1), somewhere));
  t.is(entriesOf(writer.take()).length, mostBatchEntries);
  t.is(writer.entries, 0);
  t.true(writer.add(new Uint8Array(1), somewhere));
});

test("the longest datagram is a batch, and one that is longer an error", (t) => {
  const writer = new BatchWriter();
  t.true(writer.add(new Uint8Array(65_535), somewhere));
  t.true(writer.add(new Uint8Array(65_000), somewhere));
  t.false(writer.add(new Uint8Array(1_000), somewhere));
  t.deepEqual(
    entriesOf(writer.take()).map(([, payload]) => payload.length),
    [65_535, 65_000],
  );
  t.throws(() => writer.add(new Uint8Array(65_536), somewhere), { instanceOf: RangeError });
});

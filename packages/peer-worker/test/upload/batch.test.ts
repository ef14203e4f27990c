import { countRuns, runAt, type RefusedRun } from "@troupe/messages";
import test from "ava";
import fc from "fast-check";

import { MemoryBudget } from "../../src/memory/memory-budget.ts";
import type { SessionWithContent } from "../../src/session/session.ts";
import { fillBatch, imageBytes, requestsOf } from "../../src/upload/batch.ts";
import { ReadCall } from "../../src/upload/read-call.ts";
import { UploadQueue } from "../../src/upload/upload-queue.ts";

const block = 16_384;
const pieceLengthBytes = 4 * block;

interface Request {
  readonly piece: number;
  readonly begin: number;
  readonly lengthBytes: number;
}

const wholeBlock = fc.record({
  piece: fc.nat(3),
  begin: fc.nat(3).map((at) => at * block),
  lengthBytes: fc.constant(block),
});
const anyRequest = fc.record({
  piece: fc.nat(3),
  begin: fc.nat(pieceLengthBytes - 1),
  lengthBytes: fc.integer({ min: 1, max: block }),
});
const inOrder = fc
  .nat(15)
  .map((at) => ({ piece: at >> 2, begin: (at & 3) * block, lengthBytes: block }));
const someRequests = fc.array(fc.oneof(wholeBlock, anyRequest, inOrder), {
  minLength: 1,
  maxLength: 32,
});

function sessionAsking(
  requests: readonly Request[],
  totalBytes: number = 5 * pieceLengthBytes,
): SessionWithContent {
  const upload = new UploadQueue(new MemoryBudget(1 << 20));
  for (const { piece, begin, lengthBytes } of requests) upload.push(piece, begin, lengthBytes);
  const content = { geometry: { pieceLengthBytes, totalBytes } };
  return { content, torrent: { id: 1 }, upload } as unknown as SessionWithContent;
}

/** The blocks that a file-worker fills: position in the torrent, bytes, and place in the slab. */
function blocksOf(runs: readonly number[]): number[][] {
  return Array.from({ length: countRuns(runs) }, (_, at) => runAt(runs, at)).flatMap(
    ({ position, lengthBytes, offset }) =>
      Array.from({ length: Math.ceil(lengthBytes / block) }, (_block, at) => [
        position + at * block,
        Math.min(block, lengthBytes - at * block),
        offset + at * (block + 13) + 13,
      ]),
  );
}

test("the runs of a batch are its requests, in order, each behind the header that records it", (t) => {
  const property = fc.property(someRequests, (requests) => {
    const slab = new Uint8Array(40 * (block + 13));
    const runs: number[] = [];
    const batch = fillBatch(slab, sessionAsking(requests), requests.length, 100, runs);
    const recorded = requestsOf(slab, batch);
    t.deepEqual(
      recorded.map(({ piece, begin, lengthBytes }) => ({ piece, begin, lengthBytes })),
      requests,
    );
    t.deepEqual(
      blocksOf(runs),
      recorded.map(({ piece, begin, lengthBytes, offset }) => [
        piece * pieceLengthBytes + begin,
        lengthBytes,
        offset + 13,
      ]),
    );
    const end = recorded.at(-1);
    t.is(batch.offset + imageBytes(batch), (end?.offset ?? 0) + 13 + (end?.lengthBytes ?? 0));
  });
  fc.assert(property);
});

test("a block that runs into the padding behind the last byte is read up to there, and ends with zeros", (t) => {
  const slab = new Uint8Array(4 * (block + 13)).fill(9);
  const runs: number[] = [];
  const requests = [0, block].map((begin) => ({ piece: 1, begin, lengthBytes: block }));
  const session = sessionAsking(requests, pieceLengthBytes + block + 5);
  const batch = fillBatch(slab, session, 2, 0, runs);
  t.deepEqual(blocksOf(runs), [
    [pieceLengthBytes, block, 13],
    [pieceLengthBytes + block, 5, block + 26],
  ]);
  t.is(batch.lengthBytes, 2 * block);
  t.true(slab.subarray(block + 26 + 5, 2 * (block + 13)).every((byte) => byte === 0));
  t.is(slab[block + 26 + 4], 9);
});

test("the refused blocks of a batch are those of its refused runs", (t) => {
  const property = fc.property(
    fc.array(someRequests, { minLength: 1, maxLength: 3 }),
    fc.array(fc.nat(95)),
    (asked, chosen) => {
      const slab = new Uint8Array(120 * (block + 13));
      const call = new ReadCall();
      for (const [at, requests] of asked.entries()) {
        const offset = at * 40 * (block + 13);
        const session = sessionAsking(requests);
        call.batches.push(fillBatch(slab, session, requests.length, offset, call.runs));
      }
      const refused: RefusedRun[] = [...new Set(chosen.map((each) => each % call.runCount))].map(
        (run) => ({ run, refused: "EIO", message: "cannot read" }),
      );
      const places = call.batches.flatMap((batch) => {
        const parts = call.refusalsOf(batch, refused);
        return requestsOf(slab, batch)
          .filter(({ offset }) => parts.some(({ begin, end }) => begin <= offset && offset < end))
          .map(({ offset }) => offset + 13);
      });
      const runs = refused.flatMap(({ run }) => call.runs.slice(4 * run, 4 * run + 4));
      const expected = blocksOf(runs).map(([, , offset]) => offset ?? -1);
      t.deepEqual(
        places.toSorted((a, b) => a - b),
        expected.toSorted((a, b) => a - b),
      );
    },
  );
  fc.assert(property);
});

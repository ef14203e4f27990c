import test from "ava";
import fc from "fast-check";
import { readUint32 } from "@troupe/protocol/bytes";
import { blockHeaderBytes } from "@troupe/protocol/peer";

import { BlockCutter } from "../../src/web-seed/block-cutter.ts";
import type { RequestedBlock } from "../../src/web-seed/requested-blocks.ts";
import { content } from "../support/scripted-peer.ts";

/** Blocks of 5, 5 … and 3 bytes from position 100. */
function blocksOf(count: number): RequestedBlock[] {
  return Array.from({ length: count }, (_, index) => ({
    piece: 4,
    begin: index * 5,
    lengthBytes: index === count - 1 ? 3 : 5,
    position: 100 + index * 5,
  }));
}

function cut(
  count: number,
  act: (cutter: BlockCutter) => void,
): [begin: number, bytes: number[]][] {
  const seen: [number, number[]][] = [];
  const cutter = new BlockCutter((frame) => {
    seen.push([readUint32(frame, 9), [...frame.subarray(blockHeaderBytes)]]);
  });
  cutter.start(blocksOf(count));
  act(cutter);
  return seen;
}

test("blocks are whole messages, however the bytes are cut", (t) => {
  const bytes = content(100, 13);
  const expected = [0, 5, 10].map((begin) => [begin, [...bytes.subarray(begin, begin + 5)]]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 13 }), (lengths) => {
      const seen = cut(3, (cutter) => {
        let at = 0;
        for (const length of lengths) cutter.push(bytes.slice(at, (at += length)));
        t.true(cutter.isDone);
      });
      t.deepEqual(seen, expected as typeof seen);
    }),
  );
});

test("a dropped block is left out, and the last dropped blocks end the run", (t) => {
  const seen = cut(4, (cutter) => {
    t.false(cutter.drop(99));
    t.true(cutter.drop(105));
    t.true(cutter.drop(115));
    cutter.push(content(100, 14));
    t.false(cutter.isDone);
    t.false(cutter.drop(100));
    t.true(cutter.drop(110));
    t.true(cutter.isDone);
  });
  t.deepEqual(
    seen.map(([begin]) => begin),
    [0],
  );
});

test("nothing is delivered after stop, and bytes after the run are ignored", (t) => {
  const seen = cut(2, (cutter) => {
    cutter.push(content(100, 50));
    cutter.start(blocksOf(2));
    cutter.push(content(100, 4));
    cutter.stop();
    cutter.push(content(104, 50));
  });
  t.is(seen.length, 2);
});

import test from "ava";
import fc from "fast-check";
import { packPadding } from "@troupe/messages";

import { Padding } from "../../../src/download/padding/padding.ts";

const files = fc.array(fc.record({ lengthBytes: fc.nat(60_000), isPadding: fc.boolean() }), {
  minLength: 1,
  maxLength: 8,
});

test("the blocks of a piece are as long as their bytes before the padding at their end", (t) => {
  const property = fc.property(
    files,
    fc.nat(100_000),
    fc.integer({ min: 1, max: 70_000 }),
    (list, begin, lengthBytes) => {
      const marks = list.flatMap((file) =>
        Array.from({ length: file.lengthBytes }, () => file.isPadding),
      );
      const dataBytes = (from: number, length: number): number => {
        let bytes = length;
        while (bytes > 0 && marks[from + bytes - 1] === true) bytes--;
        return bytes;
      };
      const padding = new Padding(packPadding(list.map((file) => ({ path: [], ...file }))));
      const expected = [];
      for (let at = 0; at < lengthBytes; at += 16_384)
        expected.push(dataBytes(begin + at, Math.min(16_384, lengthBytes - at)));
      const isPadded = marks.slice(begin, begin + lengthBytes).includes(true);
      const blocks = padding.blockBytes(begin, lengthBytes);
      t.deepEqual(blocks && [...blocks], isPadded ? expected : undefined);
      t.is(padding.dataBytes(begin, lengthBytes), dataBytes(begin, lengthBytes));
    },
  );
  fc.assert(property);
});

test("a torrent without padding has whole blocks", (t) => {
  const padding = new Padding(undefined);
  t.is(padding.blockBytes(0, 65_536), undefined);
  t.is(padding.dataBytes(5, 10), 10);
});

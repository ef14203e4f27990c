import test from "ava";
import fc from "fast-check";
import { encode } from "../../src/bencode/bencode-encode.ts";
import { BencodeWriter } from "../../src/bencode/bencode-writer.ts";

test("any dictionary that is written key by key is what the encoder makes of it", (t) => {
  const files = fc.array(
    fc.record({
      length: fc.maxSafeInteger(),
      path: fc.array(fc.string({ unit: "grapheme", maxLength: 20 }), { maxLength: 4 }),
      root: fc.uint8Array({ maxLength: 40 }),
    }),
  );
  fc.assert(
    fc.property(files, (list) => {
      const writer = new BencodeWriter().dictionary().string("files").list();
      for (const { length, path, root } of list) {
        writer.dictionary().string("length").integer(length).string("path").strings(path);
        writer.string("root").string(root).end();
      }
      const plain = list.map(({ length, path, root }) => ({ length, path, root }));
      t.deepEqual(writer.end().end().finish(), new Uint8Array(encode({ files: plain })));
    }),
  );
});

test("its memory grows as far as what is written", (t) => {
  const [many, large] = [100_000, new Uint8Array(3 << 20).fill(7)];
  const writer = new BencodeWriter().list();
  for (let value = 0; value < many; value++) writer.integer(value);
  const values = Array.from({ length: many }, (_, value) => value);
  const written = writer.string(large).end().finish();
  t.is(Buffer.compare(written, encode([...values, large])), 0);
});

import test from "ava";
import { sha1 } from "@troupe/protocol/bytes";
import { patternContent } from "../../src/index.ts";

const blockBytes = 16_384;

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor < number; divisor++) if (number % divisor === 0) return false;
  return number > 1;
}

for (const pieceLengthBytes of [16_384, 262_144, 1_048_576, 4_194_304, 33_554_432]) {
  test(`pieces of ${pieceLengthBytes} bytes repeat with a prime period`, (t) => {
    const content = patternContent({ lengthBytes: 2 ** 40, pieceLengthBytes });
    const { period } = content;
    t.true(isPrime(period), `${period}`);
    t.is(content.pieceCount, 2 ** 40 / pieceLengthBytes);
    const far = period * 1_000;
    const block = content.read(3 * pieceLengthBytes, blockBytes);
    t.is(Buffer.compare(content.read((far + 3) * pieceLengthBytes, blockBytes), block), 0);
    t.not(Buffer.compare(content.read((far + 4) * pieceLengthBytes, blockBytes), block), 0);
  });
}

test("no two blocks of a period are equal", (t) => {
  const pieceLengthBytes = 65_536;
  const content = patternContent({ lengthBytes: 2 ** 30, pieceLengthBytes });
  const sums = new Set<string>();
  const blocks = (content.period * pieceLengthBytes) / blockBytes;
  for (let block = 0; block < blocks; block++)
    sums.add(Buffer.from(sha1(content.read(block * blockBytes, blockBytes))).toString("hex"));
  t.is(sums.size, blocks);
});

test("the same sizes give the same content, and its hashes are those of its bytes", (t) => {
  const sizes = { lengthBytes: 200_000, pieceLengthBytes: 65_536 };
  const [one, other] = [patternContent(sizes), patternContent(sizes)];
  for (let piece = 0; piece < 4; piece++) {
    const lengthBytes = Math.min(65_536, 200_000 - piece * 65_536);
    const bytes = one.read(piece * 65_536, lengthBytes);
    t.deepEqual(other.read(piece * 65_536, lengthBytes), bytes);
    t.deepEqual(one.pieceHash(piece), sha1(bytes));
  }
});

test("a short last piece does not share the hash of the piece that it repeats", (t) => {
  const pieceLengthBytes = 33_554_432;
  const { period } = patternContent({ lengthBytes: pieceLengthBytes, pieceLengthBytes });
  const content = patternContent({
    lengthBytes: period * pieceLengthBytes + 5,
    pieceLengthBytes,
  });
  const first = content.pieceHash(0);
  t.notDeepEqual(content.pieceHash(period), first);
  t.deepEqual(content.pieceHash(period), sha1(content.read(period * pieceLengthBytes, 5)));
});

test("a comparison sees one wrong bit, at any place of a chunk", (t) => {
  const content = patternContent({ lengthBytes: 300_000, pieceLengthBytes: 65_536 });
  const chunk = new Uint8Array(blockBytes + 20);
  content.copyTo(65_536 + blockBytes, blockBytes, chunk, 13);
  const isRight = (): boolean => content.equals(65_536 + blockBytes, chunk, 13, 13 + blockBytes);
  t.true(isRight());
  for (const at of [13, 5_000, 12 + blockBytes]) {
    chunk[at] = (chunk[at] ?? 0) ^ 1;
    t.false(isRight(), `${at}`);
    chunk[at] = (chunk[at] ?? 0) ^ 1;
  }
  chunk[12] = (chunk[12] ?? 0) ^ 1;
  t.true(isRight());
});

for (const [lengthBytes, pieceLengthBytes] of [
  [0, 16_384],
  [1.5, 16_384],
  [10, 0],
  [10, 33_554_433],
  [2 ** 53, 16_384],
] as const) {
  test(`a pattern of ${lengthBytes} bytes in pieces of ${pieceLengthBytes} is refused`, (t) => {
    t.throws(() => patternContent({ lengthBytes, pieceLengthBytes }), {
      instanceOf: RangeError,
      message: /cannot make a pattern/,
    });
  });
}

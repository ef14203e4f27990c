import { deflateSync } from "node:zlib";
import test from "ava";
import { LatencyHistogram } from "../../src/measures/latency-histogram.ts";

function histogramOf(...latencies: readonly number[]): LatencyHistogram {
  const histogram = LatencyHistogram.empty();
  for (const latency of latencies) histogram.record(latency);
  return histogram;
}

test("percentiles are within a thousandth of the latencies", (t) => {
  const histogram = histogramOf(
    ...Array.from({ length: 1_000 }, (_, index) => (index + 1) * 1_000),
  );
  t.is(histogram.count, 1_000);
  for (const [percent, latency] of [
    [50, 500_000],
    [95, 950_000],
    [99, 990_000],
    [100, 1_000_000],
  ] as const) {
    const seen = histogram.percentile(percent);
    t.true(Math.abs(seen - latency) <= latency / 1_000, `p${percent}: ${seen}`);
  }
  t.true(Math.abs(histogram.maxUs - 1_000_000) <= 1_000);
});

test("an empty histogram has no latency", (t) => {
  const histogram = LatencyHistogram.decode(LatencyHistogram.empty().encode());
  t.is(histogram.count, 0);
  t.is(histogram.maxUs, 0);
  t.is(histogram.percentile(99), 0);
  t.deepEqual([...histogram.values()], []);
});

test("decoded histograms add up count for count", (t) => {
  const first = histogramOf(3, 3, 900, 40_000, 7_000_000);
  const second = histogramOf(3, 900, 2_000_000_000);
  const sum = LatencyHistogram.decode(second.encode());
  sum.add(LatencyHistogram.decode(first.encode()));
  const together = histogramOf(3, 3, 900, 40_000, 7_000_000, 3, 900, 2_000_000_000);
  t.deepEqual([...sum.values()], [...together.values()]);
  t.is(sum.count, 8);
  t.is(sum.encode(), LatencyHistogram.decode(sum.encode()).encode());
});

test("a cleared histogram records anew", (t) => {
  const histogram = histogramOf(5, 6_000_000);
  histogram.clear();
  histogram.record(7);
  t.deepEqual([...histogram.values()], [[7, 1]]);
});

test("latencies outside of the range are recorded as its ends", (t) => {
  const histogram = histogramOf(-5, 2 ** 50);
  const [[least, leastCount] = [], [most] = []] = [...histogram.values()];
  t.deepEqual([least, leastCount], [0, 1]);
  t.is(most, 2 ** 40);
});

function headed(digits: number, lowest: bigint, highest: bigint): string {
  const inner = Buffer.alloc(40);
  inner.writeInt32BE(0x1c849313, 0);
  inner.writeInt32BE(1, 8);
  inner.writeInt32BE(digits, 12);
  inner.writeBigInt64BE(lowest, 16);
  inner.writeBigInt64BE(highest, 24);
  return compressed(inner);
}

function compressed(inner: Uint8Array): string {
  const packed = deflateSync(inner);
  const header = Buffer.alloc(8);
  header.writeInt32BE(0x1c849314, 0);
  header.writeInt32BE(packed.length, 4);
  return Buffer.concat([header, packed]).toString("base64");
}

test("a histogram that would take much memory is refused", (t) => {
  t.is(LatencyHistogram.decode(headed(3, 1n, 1_000n)).count, 0);
  for (const text of [
    headed(5, 1n, 1_000n),
    headed(3, 1_000n, 1_000_000n),
    headed(3, 1n, 2n ** 53n),
    compressed(new Uint8Array(2 ** 21)),
    "A".repeat(2 ** 20 + 1),
  ]) {
    t.throws(() => LatencyHistogram.decode(text), { code: "histogram-malformed" });
  }
});

test("a text cut at any byte is refused or has no more counts than it had", (t) => {
  const text = histogramOf(3, 900, 900, 40_000, 7_000_000).encode();
  for (let length = 0; length < text.length; length += 1) {
    try {
      t.true(LatencyHistogram.decode(text.slice(0, length)).count <= 5);
    } catch (error) {
      t.is((error as { code?: string }).code, "histogram-malformed");
    }
  }
});

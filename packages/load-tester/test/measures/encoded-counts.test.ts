import { deflateSync, inflateSync } from "node:zlib";
import test from "ava";
import { readEncodedCounts } from "../../src/measures/encoded-counts.ts";
import { LatencyHistogram } from "../../src/measures/latency-histogram.ts";

/** A histogram's text with other counts. */
function withCounts(counts: readonly number[]): string {
  const histogram = LatencyHistogram.empty();
  histogram.record(7);
  const bytes = Buffer.from(histogram.encode(), "base64");
  const payload = Buffer.from(inflateSync(bytes.subarray(8)).subarray(0, 40));
  payload.writeUInt32BE(counts.length, 4);
  const packed = deflateSync(Buffer.concat([payload, Buffer.from(counts)]));
  bytes.writeUInt32BE(packed.length, 4);
  return Buffer.concat([bytes.subarray(0, 8), packed]).toString("base64");
}

test("counts and runs of empty slots are read", (t) => {
  // 3 empty slots, 1 count of 2, 1 count of 64.
  t.deepEqual(readEncodedCounts(Uint8Array.of(5, 4, 0x80, 1), 10), { slots: 5, count: 66 });
  t.deepEqual(readEncodedCounts(new Uint8Array(), 10), { slots: 0, count: 0 });
});

test("a number that is cut off, or never ends, is refused", (t) => {
  t.is(readEncodedCounts(Uint8Array.of(4, 0x80), 10), undefined);
  t.is(readEncodedCounts(new Uint8Array(20).fill(0xff), 10), undefined);
});

test("more slots than allowed are refused", (t) => {
  t.deepEqual(readEncodedCounts(Uint8Array.of(19), 10), { slots: 10, count: 0 });
  t.is(readEncodedCounts(Uint8Array.of(21), 10), undefined);
});

test("a histogram with a run of empty slots without an end is refused at once", (t) => {
  const text = withCounts([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
  t.throws(() => LatencyHistogram.decode(text), { code: "histogram-malformed" });
});

test("a histogram with more latencies than any run has is refused", (t) => {
  const text = withCounts([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
  t.throws(() => LatencyHistogram.decode(text), {
    code: "histogram-malformed",
    message: /latencies/,
  });
});

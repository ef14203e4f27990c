import test from "ava";
import {
  formatBytes,
  formatClock,
  formatCount,
  formatCpu,
  formatDuration,
  formatMicros,
  formatName,
  formatRatio,
  formatShare,
  formatShort,
} from "../../../src/report/page/format.ts";

test("latencies have three digits and the unit that people read", (t) => {
  t.is(formatMicros(0), "0 µs");
  t.is(formatMicros(250), "250 µs");
  t.is(formatMicros(1250), "1.25 ms");
  t.is(formatMicros(31_400), "31.4 ms");
  t.is(formatMicros(2_000_000), "2 s");
  t.is(formatMicros(90_000_000), "1.5 min");
});

test("bytes are binary, counts are grouped, axes are short", (t) => {
  t.is(formatBytes(1_572_864), "1.5 MiB");
  t.is(formatBytes(512), "512 B");
  t.is(formatCount(1_234_567), "1,234,567");
  t.is(formatCount(0.25), "0.25");
  t.is(formatShort(12_500), "12.5k");
});

test("shares, CPU and ratios keep what tells them apart", (t) => {
  t.is(formatShare(0.000_42), "0.04 %");
  t.is(formatShare(0.000_004_2), "0.0004 %");
  t.is(formatCpu(850), "85 %");
  t.is(formatRatio(1.049), "1.05×");
  t.is(formatRatio(12.34), "12.3×");
});

test("times of the run read like a clock, durations like a sentence", (t) => {
  t.deepEqual([0, 45, 60, 125, 3725].map(formatClock), ["0 s", "45 s", "1:00", "2:05", "1:02:05"]);
  t.deepEqual([45_200, 60_000, 602_000, 3_720_000].map(formatDuration), [
    "45.2 s",
    "1 min",
    "10 min 2 s",
    "1 h 2 min",
  ]);
});

test("names of measures become words", (t) => {
  t.is(formatName("request_block"), "request block");
  t.is(formatName("dht_find_node"), "DHT find node");
});

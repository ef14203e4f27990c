import test from "ava";
import type { ExecutionContext } from "ava";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatElapsed,
  formatPercent,
  formatRate,
  groupThousands,
} from "../../src/display/units.ts";

const shows = test.macro({
  exec: (t: ExecutionContext, shown: string, expected: string) => t.is(shown, expected),
  title: (_title, _shown, expected: string) => `shown as ${JSON.stringify(expected)}`,
});

test(shows, formatBytes(0), "0 B");
test(shows, formatBytes(1023), "1023 B");
test(shows, formatBytes(1024), "1.00 KiB");
test(shows, formatBytes(64 * 1024 ** 2), "64.0 MiB");
test(shows, formatBytes(999.4 * 1024 ** 2), "999 MiB");
test(shows, formatBytes(999.6 * 1024 ** 2), "0.98 GiB");
test(shows, formatBytes(9.996 * 1024), "10.0 KiB");
test(shows, formatBytes(2 ** 53), "8.00 PiB");
test(shows, formatRate(1_500_000), "1.43 MiB/s");
test(shows, formatPercent(0), "  0.0 %");
test(shows, formatPercent(0.523), " 52.3 %");
test(shows, formatPercent(1), "  100 %");
test(shows, formatDuration(undefined), "unknown");
test(shows, formatDuration(7.4), "7s");
test(shows, formatDuration(80), "1m 20s");
test(shows, formatDuration(11_045), "3h 04m");
test(shows, formatDuration(2 * 86_400 + 5 * 3600), "2d 05h");
test(shows, formatDuration(1e9), "over a year");
test(shows, formatElapsed(0.8449), "0.84 s");
test(shows, formatElapsed(12.34), "12.3 s");
test(shows, formatElapsed(61), "1m 01s");
test(shows, formatCount(1, "peer"), "1 peer");
test(shows, formatCount(12_345, "byte"), "12,345 bytes");
test(shows, groupThousands(999), "999");
test(shows, groupThousands(1_234_567), "1,234,567");

test("only a complete torrent shows 100 %", (t) => {
  t.is(formatPercent(0.999_999), " 99.9 %");
});

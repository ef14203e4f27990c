import test from "ava";
import { noTotals } from "@troupe/messages";
import { RateSamples } from "../../../src/engine/metrics/rate-samples.ts";

const down = (downloadedBytes: number) => ({ ...noTotals, downloadedBytes });

test("I06: a rate is what has moved since the last second, and a late second counts its whole time", (t) => {
  const samples = new RateSamples();
  samples.sample(down(500), 0, 10_000);
  samples.sample(down(1_500), 1_000, 11_000);
  samples.sample(down(4_500), 3_000, 13_000);
  const history = samples.read();
  t.deepEqual([...history.down], [1_000, 1_500]);
  t.deepEqual([...history.up], [0, 0]);
  t.is(history.endsAt, 13_000);
});

test("I06: ten minutes are kept, in less than 16 KiB", (t) => {
  const samples = new RateSamples();
  for (let second = 0; second <= 1_000; second++)
    samples.sample(down((second * (second + 1)) / 2), second * 1_000, second * 1_000);
  const { endsAt: _, ...rates } = samples.read();
  t.is(rates.down.length, 600);
  t.deepEqual([rates.down[0], rates.down.at(-1)], [401, 1_000]);
  const bytes = Object.values(rates).reduce((sum, { byteLength }) => sum + byteLength, 0);
  t.true(bytes <= 16 * 1_024);
});

import test from "ava";
import { RateSamples } from "../../../src/engine/metrics/rate-samples.ts";

const down = (downloadedBytes: number) => ({
  downloadedBytes,
  uploadedBytes: 0,
  protocolDownBytes: 0,
  protocolUpBytes: 0,
});

test("I06: a rate is what has moved since the last second, and a late second counts its whole time", (t) => {
  const samples = new RateSamples(0);
  samples.sample(down(1_000), 1_000, 11_000);
  samples.sample(down(3_000), 3_000, 13_000);
  const history = samples.read();
  t.deepEqual([...history.down], [1_000, 1_500]);
  t.deepEqual([...history.up], [0, 0]);
  t.deepEqual([...history.lengthsMs], [1_000, 2_000]);
  t.is(history.endsAt, 13_000);
});

test("I06: the first second counts from the start of the engine", (t) => {
  const samples = new RateSamples(1_000);
  samples.sample(down(800), 1_400, 10_000);
  t.deepEqual([...samples.read().down], [2_000]);
});

test("I06: ten minutes are kept", (t) => {
  const samples = new RateSamples(0);
  for (let second = 1; second <= 1_000; second++)
    samples.sample(down(second), second * 1_000, second * 1_000);
  const { endsAt: _, seconds, ...rates } = samples.read();
  t.is(seconds, 1_000);
  t.is(rates.down.length, 600);
  t.deepEqual([rates.down[0], rates.down.at(-1)], [401, 1_000]);
});

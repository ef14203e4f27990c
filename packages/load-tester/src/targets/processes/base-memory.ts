import { pause, type Timers } from "@troupe/actor-runtime";
import type { ProcessMeter } from "./process-meter.ts";

const samples = 10;
const pauseMs = 200;

/**
 * Takes 2 s when there is a process.
 *
 * @returns By name, the median of the memory of each process; a process that ends meanwhile is left out.
 */
export async function measureBases(
  timers: Pick<Timers, "after">,
  meters: ReadonlyMap<string, Pick<ProcessMeter, "read">>,
): Promise<ReadonlyMap<string, number>> {
  const seen = new Map([...meters.keys()].map((name): [string, number[]] => [name, []]));
  for (let taken = 0; taken < samples && meters.size > 0; taken++) {
    await pause(timers, pauseMs);
    for (const [name, meter] of meters) {
      const use = meter.read();
      if (use !== undefined) seen.get(name)?.push(use.rssBytes);
    }
  }
  const medians = [...seen].map(([name, values]): [string, number | undefined] => [
    name,
    medianOf(values),
  ]);
  return new Map(
    medians.flatMap(([name, median]) => (median === undefined ? [] : [[name, median]])),
  );
}

/** The upper one of the two in the middle. */
function medianOf(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

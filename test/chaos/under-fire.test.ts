// Threads end and hang all the time, at times that a seed decides, while a payload comes through doors that open a little
// further with each restart: so the transfer lasts through all of them, at any load of the machine.
//
// By default it is small and under heavy fire, for longer in the long lanes: a thread that hangs takes a processor.
// `pnpm test:chaos` runs 256 MiB under one strike a second.

import test from "ava";
import type { LogEntry } from "@troupe/actor-runtime";
import { GatedSeeders, gatedSeedersOnly } from "../support/swarm/gated-seeders.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { isLong } from "../support/lanes.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const isLarge = process.env["TROUPE_CHAOS"] === "long";
const mebibyte = 1024 * 1024;
const shape = isLarge
  ? { pieceLengthBytes: 256 * 1024, files: 256 * mebibyte }
  : { pieceLengthBytes: 64 * 1024, files: 8 * mebibyte };
const seeders = 3;

/** One way to make trouble. */
interface Trouble {
  readonly chaos: string;
  /** Restarts that the transfer has to live through. */
  readonly restarts: number;
}

const kills: Trouble = isLarge
  ? { chaos: "kill:peer-worker:0.3/s,kill:hash:0.4/s,kill:file:0.3/s", restarts: 40 }
  : { chaos: "kill:peer-worker:1/s,kill:hash:2/s,kill:file:0.7/s", restarts: isLong ? 8 : 5 };
// An engine may be restarted five times in a minute. This seed ends the first one after a second, and none for two minutes.
const killsOfAll: Trouble = isLarge
  ? {
      chaos: "kill:peer-worker:0.3/s,kill:hash:0.4/s,kill:file:0.3/s,kill:engine:0.04/s",
      restarts: 30,
    }
  : { chaos: "kill:peer-worker:1/s,kill:hash:1/s,kill:engine:0.05/s,seed:893", restarts: 5 };
const hangs: Trouble = isLarge
  ? {
      chaos: "hang:peer-worker:0.2/s,hang:hash:0.2/s,hang:file:0.1/s,hang:engine:0.01/s",
      restarts: 15,
    }
  : isLong
    ? { chaos: "hang:peer-worker:0.5/s,hang:hash:0.5/s,hang:file:0.5/s", restarts: 3 }
    : { chaos: "hang:peer-worker:0.3/s,hang:hash:0.2/s,hang:file:0.2/s,seed:2", restarts: 2 };

/** Half of all that is measured is below it. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function restartTimes(log: readonly LogEntry[]): string {
  const times = new Map<string, number[]>();
  for (const { fields } of log) {
    const { name, restartMs } = fields;
    if (typeof restartMs !== "number") continue;
    times.set(String(name), [...(times.get(String(name)) ?? []), restartMs]);
  }
  return [...times]
    .map(([name, all]) => `${name}: ${all.length} restarts, median ${median(all)} ms`)
    .join("; ");
}

const survives = test.macro<[title: string, trouble: Trouble]>({
  title: (_, title) => `every bit is there ${title}`,
  async exec(t, _, { chaos, restarts }) {
    await using swarm = await Swarm.open(shape, { host: "threads" });
    const gatedSeeders = await GatedSeeders.open(swarm, seeders);
    const log: LogEntry[] = [];
    const note = (entry: LogEntry): void => void log.push(entry);
    const engine = { ...gatedSeedersOnly, peerWorkers: 2, chaos, log: note };
    const { record, folder } = await swarm.join({ engine });
    const restarted = (): number =>
      record.workers.filter(({ state, restarts: n }) => state === "running" && n > 0).length;
    for (let round = 1; round <= restarts; round++) {
      gatedSeeders.allow(round / (restarts + 1));
      await record.until(`restart ${round}`, () => restarted() >= round);
    }
    t.false(record.torrent.isComplete);
    gatedSeeders.allow(1);
    await record.torrent.completed;

    await assertSameFiles(t, swarm.payload, folder);
    t.deepEqual(record.errors, []);
    t.is(record.failedPieces, 0);
    t.log(restartTimes(log));
  },
});

test.serial(survives, "although workers are killed all the time", kills);
test.serial(survives, "although workers and the engine are killed", killsOfAll);
test.serial(survives, "although workers hang again and again", hangs);

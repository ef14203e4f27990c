// Measures a row: its contestants in turns, so that what changes on the machine meanwhile changes all.

import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { holdInPageCache } from "../support/hold.ts";
import { prepareMachine } from "../support/machine.ts";
import type { Figures } from "./figures.ts";
import type { MeasuredRow } from "./measured-row.ts";
import { machineName, type Versions } from "./machine.ts";
import type { Contestant, OpenRow, Place, Row } from "./row.ts";

/** The runs of a row, and the contestants that do them. */
export interface Turns {
  readonly runs: number;
  readonly contestants: readonly Contestant[];
  /** The contestants that the row should have; by default its own. */
  readonly expected?: readonly Contestant[];
  readonly versions: Versions;
  /** Receives each run, and each failure. */
  readonly say: (line: string) => void;
}

/** Contestants that compile code, and the runs before the others, which fill the cache with it. */
const compiling: readonly Contestant[] = ["ours", "before", "again", "floor"];
const warmUps = 2;

/** @returns The row with its figures. A contestant that fails is left out from then on. */
export async function measureRow(
  row: Row,
  place: Place,
  { runs, contestants, expected = row.contestants, versions, say }: Turns,
): Promise<MeasuredRow> {
  mkdirSync(place.folder, { recursive: true });
  const figures = new Map<Contestant, Figures[]>(contestants.map((name) => [name, []]));
  const busy: number[] = [];
  const failed = new Map<Contestant, string>();
  try {
    await using open = await row.open(place);
    await using _held = await holdInPageCache(open.source);
    for (let run = 1 - warmUps; run <= runs; run++) {
      for (const name of rotated(contestants, run)) {
        const isWarmUp = run < 1;
        if (failed.has(name) || (isWarmUp && !compiling.includes(name))) continue;
        const result = await attempt(open, name, isWarmUp ? [] : busy);
        if (typeof result === "string") failed.set(name, `${name} failed: ${result}`);
        else if (!isWarmUp) figures.get(name)?.push(result);
        say(`${row.name} ${isWarmUp ? "warm-up" : `${run}/${runs}`} ${name} ${spell(result)}`);
      }
    }
  } finally {
    rmSync(place.folder, { recursive: true, force: true });
  }
  const { name, title, about, goal, compared, reference } = row;
  const measured = contestants.filter((contestant) => !failed.has(contestant));
  return {
    ...{ name, title, about, goal, figures: row.figures, compared, reference },
    ...{ date: new Date().toISOString().slice(0, 16).replace("T", " "), runs, busy },
    machine: machineName(),
    contestants: measured.map((contestant) => ({
      name: contestant,
      version: versions.installed.get(contestant) ?? "",
      runs: figures.get(contestant) ?? [],
    })),
    missing: expected
      .filter((contestant) => !measured.includes(contestant))
      .map((contestant) => failed.get(contestant) ?? absence(contestant, versions)),
  };
}

/** @returns The contestants in an order in which each is first as often as any other. */
function rotated(contestants: readonly Contestant[], run: number): readonly Contestant[] {
  const first = (run + warmUps) % contestants.length;
  return [...contestants.slice(first), ...contestants.slice(0, first)];
}

function absence(contestant: Contestant, { missing }: Versions): string {
  return missing.get(contestant) ?? `${contestant} was not asked for.`;
}

/** @returns The figures, or the failure as a sentence. */
async function attempt(
  open: OpenRow,
  contestant: Contestant,
  busy: number[],
): Promise<Figures | string> {
  try {
    return await open.run(contestant, async () => {
      busy.push(await prepareMachine(open.source));
    });
  } catch (error) {
    return `${(error as Error).message.split("\n").slice(0, 5).join(" ").slice(0, 500)}.`;
  }
}

function spell(result: Figures | string): string {
  if (typeof result === "string") return result;
  return Object.entries(result)
    .map(([name, value]) => `${name} ${value.toPrecision(4)}`)
    .join(", ");
}

/** @returns A place for a row, below the folder of the comparison. */
export function placeOf(row: Row, folder: string, rest: Omit<Place, "folder">): Place {
  return { ...rest, folder: join(folder, row.name) };
}

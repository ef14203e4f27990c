// `pnpm bench:micro [PART…]`: the time of single operations, of all parts or of those named: framing, bencode, picker,
// slots, "frame link", krpc.
//
//   --groups N       groups of 20 runs of each case (5)
//   --save NAME      keeps the figures as a baseline; NAME with a slash is a path
//   --against NAME   compares with a baseline
//
// Runs take milliseconds, and the quickest of each group counts, because other work on the machine only adds time. A
// calibration loop of fixed work runs in turns with them, and a baseline compares the ratios of the two.

import { parseArgs } from "node:util";
import { median, spread, table } from "../support/statistics.ts";
import { readBaseline, saveBaseline, type CaseFigures } from "./baseline.ts";
import { timed, type MicroCase } from "./case.ts";
import { bencodeCases } from "./cases/bencode.ts";
import { framingCases } from "./cases/framing.ts";
import { krpcCases } from "./cases/krpc.ts";
import { linkCases } from "./cases/link.ts";
import { pieceCases } from "./cases/pieces.ts";

const runsOfGroup = 20;
const leastChange = 1.1;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    groups: { type: "string", default: "5" },
    save: { type: "string" },
    against: { type: "string" },
  },
});
const cases = [
  ...framingCases(),
  ...bencodeCases(),
  ...pieceCases(),
  ...linkCases(),
  ...krpcCases(),
];
const parts = new Set(cases.map(({ part }) => part));
for (const part of positionals) {
  if (!parts.has(part)) throw new Error(`no part ${part}: the parts are ${[...parts].join(", ")}`);
}
const wanted = cases.filter(({ part }) => positionals.length === 0 || positionals.includes(part));
const earlier = values.against === undefined ? undefined : readBaseline(values.against);
const figures: CaseFigures[] = [];
for (const each of wanted) {
  // oxlint-disable-next-line no-await-in-loop
  figures.push(await measure(each));
}
console.log(table([headOf(), ...figures.map((each) => rowOf(each))]));
if (values.save !== undefined) console.log(`kept in ${saveBaseline(values.save, figures)}`);

async function measure({ operation, run }: MicroCase): Promise<CaseFigures> {
  // Warms the code up.
  await quickest(run);
  const groups: { own: number; calibration: number }[] = [];
  for (let group = 0; group < Number(values.groups); group++) {
    // oxlint-disable-next-line no-await-in-loop
    groups.push(await quickest(run));
  }
  return {
    operation,
    nanoseconds: Math.min(...groups.map(({ own }) => own)),
    ratios: groups.map(({ own, calibration }) => own / calibration),
  };
}

/** @returns Nanoseconds of an operation and of a step of the calibration. */
async function quickest(run: MicroCase["run"]): Promise<{ own: number; calibration: number }> {
  let [own, calibration] = [Infinity, Infinity];
  for (let time = 0; time < runsOfGroup; time++) {
    calibration = Math.min(calibration, calibrate());
    // oxlint-disable-next-line no-await-in-loop
    const { operations, nanoseconds } = await run();
    own = Math.min(own, nanoseconds / operations);
  }
  return { own, calibration };
}

/** Integer arithmetic and copies of 64 KiB, as in the parts. @returns Nanoseconds of a step. */
function calibrate(): number {
  const [from, to] = [new Uint8Array(65_536), new Uint8Array(65_536)];
  const steps = 200;
  let sum = 0;
  const { nanoseconds } = timed(steps, () => {
    for (let step = 0; step < steps; step++) {
      for (let at = 0; at < 4_096; at++) sum = (sum * 31 + (from[at] ?? 0)) | 0;
      to.set(from);
      from[0] = sum & 255;
    }
  });
  return nanoseconds / steps;
}

function headOf(): string[] {
  const head = ["operation", "ns", "ratio to the calibration"];
  return earlier === undefined ? head : [...head, `÷ ${values.against}`, "change"];
}

function rowOf({ operation, nanoseconds, ratios }: CaseFigures): string[] {
  const digits = median(ratios) < 1 ? 4 : 1;
  const row = [operation, nanoseconds.toFixed(0), spread(ratios, digits)];
  if (earlier === undefined) return row;
  const before = earlier.find((each) => each.operation === operation);
  if (before === undefined) return [...row, "–", "not in the baseline"];
  const change = median(ratios) / median(before.ratios);
  return [...row, change.toFixed(2), verdict(ratios, before.ratios)];
}

/** A change counts when the groups of both runs lie apart by a tenth: V8 compiles each process a little differently. */
function verdict(now: readonly number[], before: readonly number[]): string {
  if (Math.min(...now) > leastChange * Math.max(...before)) return "slower";
  if (leastChange * Math.max(...now) < Math.min(...before)) return "faster";
  return "none seen";
}

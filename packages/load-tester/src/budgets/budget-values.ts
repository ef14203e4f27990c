// Numbers with units: the right side of a budget, and the same values for people.

import { durationUnitsMs } from "@troupe/control";
import { spellBytes } from "@troupe/protocol/text";
import type { Bound, Dimension } from "./budget.ts";
import type { BudgetReader } from "./budget-reader.ts";

type Units = Readonly<Record<string, number>>;

const timeUnits: Units = {
  us: 1,
  "\u00b5s": 1,
  "\u03bcs": 1,
  ...Object.fromEntries(Object.entries(durationUnitsMs).map(([unit, ms]) => [unit, ms * 1_000])),
};

const byteUnits: Units = {
  B: 1,
  KB: 1e3,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

const perSecond = (units: Units): Units =>
  Object.fromEntries(Object.entries(units).map(([unit, factor]) => [`${unit}/s`, factor]));

const unitsOf: Readonly<Record<Dimension, Units>> = {
  time: timeUnits,
  bytes: byteUnits,
  "bytes-per-second": perSecond(byteUnits),
  "per-second": { "": 1, "/s": 1 },
  share: { "": 1, "%": 0.01 },
  count: { "": 1 },
  "run-ratio": { "": 1, "%": 0.01 },
};

/** Units for messages: each thing once. */
const shownUnits: Readonly<Record<Dimension, string>> = {
  time: "us, ms, s, min or h",
  bytes: "B, KB, MB, GB, KiB, MiB or GiB",
  "bytes-per-second": "B/s, KB/s, MB/s, GB/s, KiB/s, MiB/s or GiB/s",
  "per-second": "/s or none",
  share: "% or none",
  count: "none",
  "run-ratio": "% or none",
};

/**
 * Reads the bound of a budget.
 *
 * @param hasBase The quantity is the memory of a target, and may be compared with its memory before the load.
 * @throws BudgetError
 */
export function readBound(reader: BudgetReader, dimension: Dimension, hasBase: boolean): Bound {
  const column = reader.column;
  if (reader.take(/base(?![\p{L}\d_])/u) === undefined)
    return { offset: readValue(reader, dimension), factor: 0 };
  if (!hasBase)
    throw reader.fault(column, "base stands for a target's memory: only target.rss has it");
  const sign = reader.take(/[-+*]/u);
  if (sign === undefined) return { offset: 0, factor: 1 };
  if (sign === "*") return { offset: 0, factor: readValue(reader, "count") };
  const offset = readValue(reader, dimension);
  return { offset: sign === "-" ? -offset : offset, factor: 1 };
}

function readValue(reader: BudgetReader, dimension: Dimension): number {
  const digits = reader.take(/\d{1,15}(?:\.\d{1,9})?(?![\d.])/u);
  if (digits === undefined) throw reader.missing("a number");
  const column = reader.column;
  const unit = reader.take(/%|(?:\p{L}+)?\/s|\p{L}+/u) ?? "";
  const units = unitsOf[dimension];
  if (Object.hasOwn(units, unit)) return Number(digits) * (units[unit] ?? 1);
  const seen = unit === "" ? "the number has no unit" : `there is no unit "${unit}" here`;
  throw reader.fault(column, `${seen}; allowed are ${shownUnits[dimension]}`);
}

/** A value for people: `48.2 ms`, `128 MiB`, `0.05 %`. */
export function spellValue(value: number, dimension: Dimension): string {
  switch (dimension) {
    case "time":
      return spellMicroseconds(value);
    case "bytes":
      return spellSigned(value);
    case "bytes-per-second":
      return `${spellSigned(value)}/s`;
    case "per-second":
      return `${significant(value)}/s`;
    case "share":
      return `${significant(value * 100)} %`;
    case "count":
      return significant(value);
    case "run-ratio":
      return value.toFixed(3);
  }
}

/** `0.84 ms`, `12.3 s`, `2.50 min`: three significant digits. */
export function spellMicroseconds(microseconds: number): string {
  const [unit, factor] = timeSteps.find(([, size]) => microseconds < size * 999.5) ?? lastStep;
  return `${significant(microseconds / factor)} ${unit}`;
}

const lastStep = ["s", 1_000_000] as const;
const timeSteps = [["us", 1], ["ms", 1_000], lastStep] as const;

function spellSigned(bytes: number): string {
  return bytes < 0 ? `-${spellBytes(-bytes)}` : spellBytes(bytes);
}

/** Three digits, more only for whole numbers: `0.0512`, `12.3`, `40,012`. */
function significant(value: number): string {
  if (value === 0 || Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}

// Quantities of a scenario file within their bounds.

import { wrongValue, type Path } from "@troupe/yaml-file";
import { parseBytes, parseLine, parseRate, parseShare, parseTime } from "@troupe/control";

/** Bounds of a quantity, both included, and the sentence of them. */
interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly allowed: string;
}

const day = 24 * 3_600_000;

/** Milliseconds. @throws ContentFault */
export function timeAt(path: Path, text: string, least = 0, most = day): number {
  const allowed = `a time from ${least}ms to ${most === day ? "24h" : `${most / 1_000}s`}`;
  return within(path, text, parseTime(text), { least, most, allowed });
}

/** Milliseconds, or undefined. @throws ContentFault */
export function optionalTime(path: Path, text: string | undefined, least = 0): number | undefined {
  return text === undefined ? undefined : timeAt(path, text, least);
}

/** A number a second. @throws ContentFault */
export function rateAt(path: Path, text: string): number {
  const allowed = "a rate from 0.01/s to 1000000/s";
  return within(path, text, parseRate(text), { least: 0.01, most: 1_000_000, allowed });
}

/** Bytes a second, or undefined. @throws ContentFault */
export function optionalLine(path: Path, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const allowed = "a speed from 1000B/s to 100GiB/s";
  const bounds = { least: 1_000, most: 100 * 1024 ** 3, allowed };
  return within(path, text, parseLine(text), bounds);
}

/** Bytes. @throws ContentFault */
export function sizeAt(path: Path, text: string, least: number, most: number): number {
  const allowed = `a size from ${spellBytes(least)} to ${spellBytes(most)}`;
  return within(path, text, parseBytes(text), { least, most, allowed });
}

/** A fraction from 0 to 1. @throws ContentFault */
export function shareAt(path: Path, text: string): number {
  return within(path, text, parseShare(text), {
    least: 0,
    most: 1,
    allowed: "a share from 0% to 100%",
  });
}

/** `16KiB`: the largest unit that divides the number. */
export function spellBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && value % 1024 === 0 && unit < units.length - 1) {
    [value, unit] = [value / 1024, unit + 1];
  }
  return `${value}${units[unit]}`;
}

function within(path: Path, text: string, value: number | undefined, bounds: Bounds): number {
  if (value !== undefined && value >= bounds.least && value <= bounds.most) return value;
  throw wrongValue(path, text, bounds.allowed);
}

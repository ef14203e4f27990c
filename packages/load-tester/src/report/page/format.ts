// Numbers as people read them: three digits, with their unit.

import type { Dimension } from "../../budgets/budget.ts";

/** Formats a number for people. */
export type Format = (value: number) => string;

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** `1,234,567`; below ten with its fraction. */
export function formatCount(value: number): string {
  return Number.isInteger(value) || value >= 10 ? grouped.format(value) : digits(value);
}

/** `1.2k`, `3.4M`: for axes. */
export function formatShort(value: number): string {
  return scaled(value, 1000, ["", "k", "M", "G", "T"], "");
}

/** `1.50 MiB`. */
export function formatBytes(value: number): string {
  return scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB"], " ");
}

/** Spells microseconds: `250 µs`, `1.25 ms`, `3.40 s`. */
export function formatMicros(value: number): string {
  if (value < 60_000_000) return scaled(value, 1000, ["µs", "ms", "s"], " ");
  return `${digits(value / 60_000_000)} min`;
}

/** Spells milliseconds of CPU a second: `85 %` of a core. */
export function formatCpu(value: number): string {
  return `${digits(value / 10)} %`;
}

/** Spells a share of 1: `0.12 %`. */
export function formatShare(value: number): string {
  return `${digits(value * 100)} %`;
}

/** `1.25×`. */
export function formatRatio(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)}×`;
}

/** Spells seconds of the run: `45 s`, `2:05`, `1:02:05`. */
export function formatClock(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${digits(Math.round(seconds * 10) / 10)} s`;
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** Spells milliseconds: `45.2 s`, `10 min 2 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 60_000) return `${digits(milliseconds / 1000)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const rest = seconds % 60 === 0 ? "" : ` ${seconds % 60} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min${rest}`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** The format of a dimension. */
export function formatOf(dimension: Dimension): Format {
  switch (dimension) {
    case "time":
      return formatMicros;
    case "bytes":
      return formatBytes;
    case "bytes-per-second":
      return (value) => `${formatBytes(value)}/s`;
    case "per-second":
      return (value) => `${formatCount(value)}/s`;
    case "share":
      return formatShare;
    case "run-ratio":
      return formatRatio;
    case "count":
      return formatCount;
  }
}

/** ` (max of 200)` for a percentile that is the slowest of so many latencies, for want of others. */
export function formatMaximum(percent: number, count: number): string {
  return count * (100 - percent) < 100 - 1e-6 ? ` (max of ${formatCount(count)})` : "";
}

/** Words of a name such as `request_block`. */
export function formatName(name: string): string {
  return name.replaceAll("_", " ").replace(/^dht /, "DHT ");
}

function scaled(value: number, step: number, units: readonly string[], space: string): string {
  let rest = value;
  let at = 0;
  while (Math.abs(rest) >= step && at < units.length - 1) {
    rest /= step;
    at += 1;
  }
  return `${digits(rest)}${space}${units[at] ?? ""}`;
}

/** Three digits, without a fraction of zeros. */
function digits(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0";
  const fraction = size < 10 ? 2 : size < 100 ? 1 : 0;
  if (size < 0.01) return value.toPrecision(1);
  return String(Number(value.toFixed(fraction)));
}

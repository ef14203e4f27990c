// Values of options that only `troupe load-test` has.

import { isIP } from "node:net";
import { parseRate, withUnit } from "@troupe/control";
import { cleanText } from "@troupe/protocol/text";
import { parseCount } from "./option-values.ts";
import { UsageError } from "./usage-error.ts";

const largestSeed = 2 ** 32 - 1;

/** `1000/s`, `30/m` or a plain number a second. */
export function parsePerSecond(text: string): number {
  const rate = parseRate(withUnit(text, "/s"));
  if (rate !== undefined && rate >= 0.01 && rate <= 1_000_000) return rate;
  throw wrong(
    `--rate takes a number a second from 0.01/s to 1000000/s, not "${cleanText(text, 60)}"`,
  );
}

/** A port on loopback, or a file. */
export function parseMetrics(text: string) {
  return /^\d{1,5}$/.test(text)
    ? ({ kind: "port", port: parseCount("prometheus", text, 0, 65_535) } as const)
    : ({ kind: "file", path: text } as const);
}

/** Pieces that each peer takes. */
export function parseTake(text: string): number | "all" | "endless" {
  return text === "all" || text === "endless" ? text : parseCount("take", text, 1, 2 ** 21);
}

/** 32 bits. */
export function parseSeed(text: string): number {
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (seed <= largestSeed) return seed;
  throw wrong(
    `--random-seed takes a whole number from 0 to ${largestSeed}, not "${cleanText(text, 60)}"`,
  );
}

/** Numeric, without brackets. */
export function parseAddress(text: string): string {
  const address = text.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address) !== 0) return address;
  throw wrong(
    `--allow-target takes an IPv4 or IPv6 address without a port, not "${cleanText(text, 60)}"`,
  );
}

/** An error in the words of the call. */
export function wrong(sentence: string): UsageError {
  return new UsageError(sentence, "load-test");
}

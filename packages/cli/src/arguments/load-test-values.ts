// Words of options that only `troupe load-test` has, in forms of their own.

import { parseRate, withUnit } from "@troupe/control";
import { cleanText } from "@troupe/protocol/text";
import { UsageError } from "./usage-error.ts";

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
  if (!/^\d{1,5}$/.test(text)) return { kind: "file", path: text } as const;
  const port = Number(text);
  if (port <= 65_535) return { kind: "port", port } as const;
  throw wrong(`--prometheus takes a file or a port from 0 to 65535, not "${text}"`);
}

/** An error in the words of the call. */
export function wrong(sentence: string): UsageError {
  return new UsageError(sentence, "load-test");
}

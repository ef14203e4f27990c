// Whether the reason why a torrent is not faster is worth a line.

import type { PaintedLine } from "./style.ts";

/** Above this rate nobody asks why. */
const fastBytesPerSecond = 10 * 1024 ** 2;
/** The headline says as much. */
const shownElsewhere: ReadonlySet<string> = new Set([
  "checking",
  "complete",
  "failed",
  "paused",
  "stopped",
  "stopping",
]);
/** Something for the user to look at, not only the way of things. */
const troubles: ReadonlySet<string> = new Set([
  "all-choke-us",
  "disk-slow",
  "no-peer-answers",
  "no-peers-known",
  "nobody-has-missing-pieces",
  "tracker-unreachable",
  "worker-restarting",
]);
/** Told however fast it is still. */
const alwaysShown: ReadonlySet<string> = new Set(["disk-slow", "worker-restarting"]);

/** The reason as a line, or undefined when it needs no telling at this rate. */
export function whyLine(
  { code, message }: { readonly code: string; readonly message: string },
  downBytesPerSecond: number,
): PaintedLine | undefined {
  if (shownElsewhere.has(code)) return undefined;
  if (downBytesPerSecond >= fastBytesPerSecond && !alwaysShown.has(code)) return undefined;
  return { text: whyText(code, message), colour: troubles.has(code) ? "yellow" : "dim" };
}

/** The reason and, where a user of the command can do something about it, what. */
export function whyText(code: string, message: string): string {
  return code === "no-peers-known" ? `${message} (--tracker, --peer)` : message;
}

/** Whether the reason is one that somebody may have to do something about. */
export function isTrouble(code: string): boolean {
  return troubles.has(code);
}

import type { CodedMessage } from "../engine-port.ts";
import type { PaintedLine } from "./style.ts";

/** A faster torrent shows no reason. */
const fastBytesPerSecond = 10 * 1024 ** 2;
/** The headline shows the same. */
const shownElsewhere: ReadonlySet<string> = new Set([
  "checking",
  "complete",
  "failed",
  "paused",
  "queued",
  "stopped",
  "stopping",
]);
/** Reasons that the user may have to act on. */
const troubles: ReadonlySet<string> = new Set([
  "all-choke-us",
  "disk-slow",
  "dns-not-bound",
  "interface-down",
  "no-peer-answers",
  "no-peer-has-metadata",
  "no-peers-known",
  "nobody-has-missing-pieces",
  "tracker-refuses",
  "tracker-unreachable",
  "worker-restarting",
]);
/** Shown at any rate. */
const alwaysShown: ReadonlySet<string> = new Set([
  "disk-slow",
  "interface-down",
  "worker-restarting",
]);

/** Why a torrent is not faster, if shown at this rate. */
export function whyLine(
  { code, message }: CodedMessage,
  downBytesPerSecond: number,
): PaintedLine | undefined {
  if (shownElsewhere.has(code)) return undefined;
  if (downBytesPerSecond >= fastBytesPerSecond && !alwaysShown.has(code)) return undefined;
  return { text: whyText(code, message), colour: troubles.has(code) ? "yellow" : "dim" };
}

/** The reason, with advice where the user can act. */
export function whyText(code: string, message: string): string {
  if (code !== "no-peers-known") return message;
  const advice = "add a tracker or a peer";
  const reason = message.endsWith(advice) ? message.slice(0, -advice.length - 2) : message;
  return `${reason}; add one with --tracker or --peer`;
}

/** Whether the user may have to act on the reason. */
export function isTrouble(code: string): boolean {
  return troubles.has(code);
}

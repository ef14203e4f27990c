import { cleanText } from "@troupe/protocol/text";
import type { ServiceEvent } from "../../engine-port.ts";

const verbs = {
  added: "added",
  complete: "complete",
  removed: "removed",
  started: "started",
  stopped: "stopped",
} as const;

/** The sentence of an event of a torrent. The name is a stranger's. */
export function eventSentence(event: ServiceEvent): string {
  const name = cleanText(event.name, 200);
  if (event.kind !== "failed") return `${name}: ${verbs[event.kind]} (${event.torrent})`;
  return `${name}: ${cleanText(event.message, 500)} (${event.code}, ${event.torrent})`;
}

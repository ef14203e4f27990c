import { cleanText } from "@troupe/protocol/text";
import type { ServiceEvent } from "../../engine-port.ts";

/** The sentence of an event of a torrent. The name is a stranger's. */
export function eventSentence(event: ServiceEvent): string {
  const name = cleanText(event.name, 200);
  if (event.kind !== "failed") return `${name}: ${event.kind} (${event.torrent})`;
  return `${name}: ${cleanText(event.message, 500)} (${event.code}, ${event.torrent})`;
}

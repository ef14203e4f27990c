// Sentences for people. Texts from outside are cleaned here.

import { cleanText } from "@troupe/protocol/text";
import type {
  CodedMessage,
  DhtEvent,
  IpFilterStatus,
  ListeningEvent,
  LogEntry,
  TorrentEventOf,
  WorkerEvent,
} from "../engine-port.ts";
import { trackerHost } from "../display/details.ts";
import { formatBytes, formatCount } from "../display/units.ts";
import { isTrouble, whyText } from "../display/why-line.ts";
import { safeJson } from "../output/json-lines.ts";

const longestText = 200;

/** Undefined when the tracker works. Names only the host: the rest of the address may hold the user's passkey. */
export function trackerTrouble(event: TorrentEventOf<"tracker">): string | undefined {
  if (event.ok) return undefined;
  const reason = event.error ?? "no answer";
  return `tracker ${trackerHost(event.url)}: ${cleanText(reason, longestText)}`;
}

/** Undefined unless the worker crashed or was restarted. */
export function workerTrouble(event: WorkerEvent, label?: string): string | undefined {
  const own = cleanText(event.name, longestText);
  const name = label === undefined ? own : `${label}/${own}`;
  if (event.error !== undefined) {
    return `worker ${name} crashed: ${cleanText(event.error, longestText)}`;
  }
  if (event.state !== "running" || event.restarts === 0) return undefined;
  return `worker ${name} runs again (${formatCount(event.restarts, "restart")})`;
}

/** Undefined unless the user may have to act. */
export function whyTrouble({ code, message }: TorrentEventOf<"why">): string | undefined {
  return isTrouble(code) ? cleanText(whyText(code, message), longestText) : undefined;
}

/** The files of a magnet are known. */
export function metadataSentence(
  infoHash: string,
  { name, size, pieces, files }: TorrentEventOf<"metadata">,
): string {
  const content = `${formatBytes(size)} in ${formatCount(files, "file")}, ${formatCount(pieces, "piece")}`;
  return `troupe: ${infoHash}: ${cleanText(name, longestText)}, ${content}`;
}

/** The addresses of a list are refused. */
export function ipFilterSentence({ path, ranges }: IpFilterStatus): string {
  const name = cleanText(path, longestText);
  return `troupe: IP filter: the addresses of ${formatCount(ranges, "range")} in ${name} are refused`;
}

/** A warning about a torrent. */
export function warningSentence(name: string, warning: CodedMessage): string {
  return `troupe: warning: ${name}: ${cleanText(warning.message, longestText)} [${warning.code}]`;
}

/** A log entry: level, actor, event, then the fields as `name=value`. */
export function logSentence({ level, event, actor, fields }: LogEntry): string {
  const words = Object.entries(fields).map(([name, value]) => {
    const text = typeof value === "string" ? value : safeJson(value ?? null);
    return `${name}=${cleanText(text, longestText)}`;
  });
  const sentence = [`${level}:`, actor.name, event, ...words].join(" ");
  return cleanText(`troupe: ${sentence}`, 4 * longestText);
}

/** The ports that peers connect to, in this network and from the internet, and what holds them on an interface. */
export function portSentence(event: ListeningEvent): string {
  const { bound } = event;
  if (bound === undefined) return portsText(event);
  const hold = bound === "device" ? "bound to the interface" : "held on the interface by a guard";
  return `${portsText(event)}, ${hold}`;
}

function portsText({ port, listenPort, externalAddress }: ListeningEvent): string {
  if (port === listenPort && externalAddress === undefined) return `port ${listenPort}`;
  const gateway = externalAddress === undefined ? "the gateway" : cleanText(externalAddress, 50);
  return `port ${listenPort}, mapped from port ${port} of ${gateway}`;
}

/** The sockets of the DHT node; undefined without a node. */
export function dhtSentence({ ipv4, ipv6 }: DhtEvent): string | undefined {
  const port = ipv4 ?? ipv6;
  if (port === undefined) return undefined;
  const isOne = ipv4 === undefined || ipv6 === undefined || ipv4 === ipv6;
  return `DHT on UDP port ${isOne ? port : `${ipv4} (IPv4) and ${ipv6} (IPv6)`}`;
}

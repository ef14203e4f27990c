// A target that runs already: its address, and a first answer.

import { messageOf, type Ports } from "@troupe/actor-runtime";
import type { PeerTransport } from "@troupe/load-peers";
import { addressKey, parseHostPort } from "@troupe/protocol/address";
import type { ReadyTarget } from "../generator/generator.messages.ts";
import type { RunningTarget } from "../scenario/scenario.ts";
import type { KnownTorrent } from "./payload.ts";
import { probeNode } from "./probes/probe-node.ts";
import { probeTracker } from "./probes/probe-tracker.ts";
import { probeTransports } from "./probes/probe-transports.ts";
import { unreachable } from "./target-errors.ts";

/** A target that has answered. */
interface AnsweringTarget {
  readonly ready: ReadyTarget;
  /** By its peer id; "" for trackers and nodes. */
  readonly client: string;
}

/** The load of a client. */
interface ClientLoad {
  /** Torrent that the load requests. */
  readonly torrent: KnownTorrent | undefined;
  readonly transports: readonly [PeerTransport, ...PeerTransport[]];
}

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443, "udp:": 80 };

/**
 * @param ports Ruled: a name with other addresses than allowed ones rejects.
 * @throws rejects with `target-unreachable`, `target-not-allowed`.
 */
export async function reachTarget(
  ports: Ports,
  name: string,
  spec: RunningTarget,
  load: ClientLoad,
): Promise<AnsweringTarget> {
  const { host, port, url } = placeOf(spec);
  const [address = ""] = await resolved(ports, name, host);
  const ready: ReadyTarget = { name, kind: spec.kind, host: address, port, url };
  const answer = await probe(ports, ready, load);
  if (typeof answer !== "string") return { ready, client: answer.client };
  throw unreachable(name, url ?? addressKey(address, port), answer);
}

function placeOf({ kind, address }: RunningTarget): {
  readonly host: string;
  readonly port: number;
  readonly url: string | undefined;
} {
  if (kind !== "tracker") return { ...parseHostPort(address), url: undefined };
  const { hostname, port, protocol } = new URL(address);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return { host, port: port === "" ? (defaultPorts[protocol] ?? 80) : Number(port), url: address };
}

async function resolved(ports: Ports, name: string, host: string): Promise<readonly string[]> {
  try {
    return await ports.names.resolve(host);
  } catch (error) {
    if (isRefusal(error)) throw error;
    throw unreachable(name, host, messageOf(error));
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "target-not-allowed";
}

/** @returns A reason, when there is no answer. */
async function probe(
  ports: Ports,
  target: ReadyTarget,
  { torrent, transports }: ClientLoad,
): Promise<string | { readonly client: string }> {
  const { kind, host, port, url = "" } = target;
  if (kind === "tracker") return (await probeTracker(ports, url, { host, port })) ?? { client: "" };
  if (kind === "dht") return (await probeNode(ports, { host, port })) ?? { client: "" };
  if (torrent === undefined) return { client: "" };
  const question = { torrent: torrent.metainfo, wanted: 0, transports };
  const answer = await probeTransports(ports, { host, port }, question);
  if (answer.kind === "answered") return { client: answer.client };
  const over = answer.transport === "utp" ? "over uTP " : "";
  return answer.reason === "closed"
    ? `${over}it closes a connection for the torrent "${torrent.ready.name}", which it may not have`
    : `${over}${answer.reason}`;
}

// Options of a standalone node.

import { isIP } from "node:net";
import type { LogEntry } from "@troupe/actor-runtime";
import {
  dhtEndpoints,
  dhtLimits,
  fileOf,
  type Names,
  refuseUnknownOptions,
  type WorkerUrlsOption,
} from "@troupe/api-base";
import { oneOf, outOfRange, spelled, within } from "@troupe/control";
import type { DhtEndpoint, DhtLimits, DhtListen, DhtOptions } from "@troupe/messages";
import { idFrom } from "./dht-values.ts";

/** Settings of a standalone node; each has a default. */
export interface DhtStartOptions {
  /** UDP ports tried in order, for each family by itself; 0 lets the system pick. Default 6881 to 6889, then 0. */
  readonly port?: number | readonly number[];
  /** Numeric local addresses: the first of each family counts. Default: all addresses of both families. */
  readonly bind?: readonly string[];
  /** Nodes that are asked after those of `stateFile`, 100 at most; the host may be a name. Default: none. */
  readonly bootstrap?: readonly DhtEndpoint[];
  /** Nodes that are asked when no other node answers, 100 at most; empty: none. Default: public routers. */
  readonly routers?: readonly DhtEndpoint[];
  /** Id in the DHT of IPv4: 20 bytes, or 40 hexadecimal digits. Default: made of our address (BEP 42). */
  readonly nodeId?: Uint8Array | string;
  /** Id in the DHT of IPv6, which differs from `nodeId` (BEP 45). Default: made of our address. */
  readonly nodeId6?: Uint8Array | string;
  /** Asks, but answers no query, and is remembered by no node (BEP 43). Default false. */
  readonly readOnly?: boolean;
  /**
   * Keeps ids and nodes for the next start: written 30 s after the start, every 5 minutes and by `close`, and replaced as a
   * whole. Processes may share it: each keeps the nodes of the others, and has an id of its own. Default: nothing is kept.
   */
  readonly stateFile?: string;
  /** Default: 100 queries a second, bursts of 200, 16 look-ups at once, 8,000 bytes of answers a second. */
  readonly limits?: Partial<DhtLimits>;
  /** File of addresses that are neither asked nor answered; the formats of `CoordinatorOptions.ipFilter`. Default: none. */
  readonly ipFilter?: string;
  /** `inline` uses the caller's thread alone. Default `threads`. */
  readonly host?: "threads" | "inline";
  /** Worker files, like `CoordinatorOptions.workerUrls`; the file is `dht.worker`. */
  readonly workerUrls?: WorkerUrlsOption;
  /** Log lines of the node. */
  readonly log?: (entry: LogEntry) => void;
  /** Ends a `start` that is under way. */
  readonly signal?: AbortSignal;
}

/** Checked options. */
export interface DhtSettings {
  readonly listen: DhtListen;
  /** Without the saved nodes. */
  readonly worker: DhtOptions;
  /** Absolute. */
  readonly stateFile: string | undefined;
}

const optionNames: Names<keyof DhtStartOptions> = {
  port: true,
  bind: true,
  bootstrap: true,
  routers: true,
  nodeId: true,
  nodeId6: true,
  readOnly: true,
  stateFile: true,
  limits: true,
  ipFilter: true,
  host: true,
  workerUrls: true,
  log: true,
  signal: true,
};

const defaultPorts = [6881, 6882, 6883, 6884, 6885, 6886, 6887, 6888, 6889, 0];

/** @throws TroupeError `option-unknown`, `option-out-of-range`. */
export function dhtSettings(options: DhtStartOptions): DhtSettings {
  refuseUnknownOptions(options, optionNames);
  const { bind = [], bootstrap = [], routers, readOnly = false, limits = {}, stateFile } = options;
  oneOf("host", options.host ?? "threads", ["threads", "inline"]);
  for (const address of bind) {
    if (isIP(address) === 0)
      throw outOfRange("bind", spelled(address), "a list of numeric addresses");
  }
  return {
    listen: { hosts: bind, ports: portsOf(options.port ?? defaultPorts) },
    worker: {
      isReadOnly: readOnly,
      limits: dhtLimits("limits", limits),
      bootstrap: dhtEndpoints("bootstrap", bootstrap),
      ...(routers !== undefined && { routers: dhtEndpoints("routers", routers) }),
      ids: idsOf(options),
    },
    stateFile: stateFile === undefined ? undefined : fileOf("stateFile", stateFile),
  };
}

function portsOf(port: number | readonly number[]): readonly number[] {
  const ports = typeof port === "number" ? [port] : port;
  if (ports.length === 0) throw outOfRange("port", "an empty list", "at least one port");
  return ports.map((one) => within("port", one, 0, 65_535));
}

function idsOf({ nodeId, nodeId6 }: DhtStartOptions): NonNullable<DhtOptions["ids"]> {
  const ids = [
    ...(nodeId === undefined ? [] : [{ family: 4 as const, id: idFrom("nodeId", nodeId) }]),
    ...(nodeId6 === undefined ? [] : [{ family: 6 as const, id: idFrom("nodeId6", nodeId6) }]),
  ];
  const [first, second] = ids;
  if (first !== undefined && second !== undefined && Buffer.compare(first.id, second.id) === 0)
    throw outOfRange("nodeId6", "equal to nodeId", "an id of its own");
  return ids;
}

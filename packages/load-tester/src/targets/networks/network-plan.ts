// The names, addresses and commands of a network namespace and its veth pair. Nothing here runs a command.

import type { NetworkSpec } from "../../scenario/scenario.ts";
import { ip4Prefix, ip4Text, spellPrefix, type Ip4Prefix } from "./ip4-prefix.ts";

/** Names that belong to one network of one run. */
interface NetworkNames {
  readonly namespace: string;
  /** The generator's end of the veth pair. */
  readonly device: string;
  /** Of nftables, in the generator's namespace. */
  readonly table: string;
  /** Of the route that refuses packets: no other route of the machine has it. */
  readonly metric: number;
}

/** A command: a program and its words. */
export type Command = readonly string[];

/** A network that can be made. */
export interface NetworkPlan {
  readonly names: NetworkNames;
  /** `10.88.0.0/24`, with its first address. */
  readonly prefix: string;
  /** Address of the target. */
  readonly host: string;
  /** The last address of the prefix that a machine can have. */
  readonly lastHost: string;
  /** Refuses packets to the prefix, as long as no other route to it exists. */
  readonly refuse: Command;
  readonly commands: readonly Command[];
  /** Words before a command that runs in the namespace. */
  readonly within: Command;
  /** For the report. */
  readonly description: string;
}

/** So many names are drawn from. */
export const nameCount = 2 ** 31 - 1;

/** The target's end of the veth pair. */
const inner = "eth0";
/** Beyond metrics of other programs. */
const leastMetric = 2 ** 31;
const leastBurstBytes = 16_384;
const burstsPerSecond = 100;
/** A packet waits so long in front of a full line at most. */
const longestQueue = "200ms";
const million = 1_000_000;

/** @param drawn At random for each network, below {@link nameCount}. */
export function networkNames(drawn: number): NetworkNames {
  const metric = leastMetric + drawn;
  const id = metric.toString(16);
  return { namespace: `troupe-${id}`, device: `trp${id}`, table: `troupe_${id}`, metric };
}

/** @param sources Of the peers: a prefix, or `system`. @throws RangeError for a prefix that the refusals let not pass. */
export function networkPlan(spec: NetworkSpec, sources: string, names: NetworkNames): NetworkPlan {
  const prefix = ip4Prefix(spec.prefix);
  if (prefix === undefined) throw new RangeError(`${spec.prefix} is no IPv4 prefix`);
  const text = spellPrefix(prefix);
  const { namespace, metric } = names;
  return {
    names,
    prefix: text,
    host: ip4Text(prefix.first + 2),
    lastHost: ip4Text(prefix.last - 1),
    refuse: ["ip", "route", "add", "unreachable", text, "metric", String(metric)],
    commands: [
      ...joinCommands(prefix, spec, names),
      ...sourceCommands(prefix, sources, namespace),
      ...rateCommands(spec, names),
      ...lossCommands(spec, names),
    ],
    within: ["ip", "netns", "exec", namespace],
    description: describe(text, spec),
  };
}

/** Without IPv6, and without a default route in the namespace. */
function joinCommands(
  { first, bits }: Ip4Prefix,
  { loss }: NetworkSpec,
  { namespace, device }: NetworkNames,
): readonly Command[] {
  // The loss of a packet must not be that of 64 KiB, which the system hands over at once otherwise.
  const small = loss > 0 ? ["gso_max_segs", "1"] : [];
  const veth = ["type", "veth", "peer", "name", inner, "netns", namespace, ...small];
  const inside = ["ip", "-n", namespace];
  const [own, target] = [first + 1, first + 2].map((each) => `${ip4Text(each)}/${bits}`);
  return [
    ["ip", "netns", "add", namespace],
    ["ip", "link", "add", device, ...small, ...veth],
    ["ip", "link", "set", "dev", device, "addrgenmode", "none"],
    [...inside, "link", "set", "dev", inner, "addrgenmode", "none"],
    ["ip", "address", "add", own ?? "", "dev", device],
    [...inside, "address", "add", target ?? "", "dev", inner],
    [...inside, "link", "set", "lo", "up"],
    [...inside, "link", "set", inner, "up"],
    ["ip", "link", "set", device, "up"],
  ];
}

/** Answers to peers with addresses of their own go back through the veth pair. */
function sourceCommands(prefix: Ip4Prefix, sources: string, namespace: string): readonly Command[] {
  const peers = ip4Prefix(sources);
  if (peers === undefined) return [];
  const route = [spellPrefix(peers), "via", ip4Text(prefix.first + 1), "dev", inner];
  return [["ip", "-n", namespace, "route", "add", ...route]];
}

/** Each end limits the packets that it sends. */
function rateCommands(spec: NetworkSpec, { namespace, device }: NetworkNames): readonly Command[] {
  const { downBytesPerSecond: down, upBytesPerSecond: up } = spec;
  const toTarget = down === undefined ? [] : [["tc", ...limit(device, down)]];
  const toPeers = up === undefined ? [] : [["tc", "-n", namespace, ...limit(inner, up)]];
  return [...toTarget, ...toPeers];
}

function limit(device: string, bytesPerSecond: number): Command {
  const burst = Math.max(leastBurstBytes, Math.ceil(bytesPerSecond / burstsPerSecond));
  const rate = `${Math.round(8 * bytesPerSecond)}bit`;
  const shape = ["tbf", "rate", rate, "burst", String(burst), "latency", longestQueue];
  return ["qdisc", "add", "dev", device, "root", ...shape];
}

/** Each end drops packets that it receives: the sender of a dropped packet learns nothing. */
function lossCommands(
  { loss }: NetworkSpec,
  { namespace, device, table }: NetworkNames,
): readonly Command[] {
  if (loss === 0) return [];
  const rules = (on: string): string =>
    `table netdev ${table} { chain in { type filter hook ingress device ${on} priority 0; meta protocol ip numgen random mod ${million} < ${Math.round(loss * million)} drop; }; }`;
  return [
    ["nft", rules(device)],
    ["ip", "netns", "exec", namespace, "nft", rules(inner)],
  ];
}

function describe(prefix: string, spec: NetworkSpec): string {
  const { downBytesPerSecond: down, upBytesPerSecond: up, loss } = spec;
  const parts = [
    prefix,
    down === undefined ? "" : `down ${Math.round(down)} bytes/s`,
    up === undefined ? "" : `up ${Math.round(up)} bytes/s`,
    loss === 0 ? "" : `loss ${Number((100 * loss).toFixed(4))} % each way`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

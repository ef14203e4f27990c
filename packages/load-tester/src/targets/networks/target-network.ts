// Makes the network of a target: a namespace, a veth pair, its rates and losses. As long as it exists, and until the last
// connection to its prefix has ended, no packet to the prefix leaves by another route: this machine refuses it.

import { readFileSync, writeFileSync } from "node:fs";
import type { Ports } from "@troupe/actor-runtime";
import type { NetworkSpec } from "../../scenario/scenario.ts";
import { isInstalled } from "../find-program.ts";
import { failedNetwork, notInstalled, refusedPrefix } from "../target-errors.ts";
import { deviceOf, readRoutes } from "./machine-routes.ts";
import { NetworkGuard } from "./network-guard.ts";
import {
  nameCount,
  networkNames,
  networkPlan,
  type Command,
  type NetworkPlan,
} from "./network-plan.ts";
import { prefixRefusal } from "./prefix-refusal.ts";
import { runCommand } from "./run-command.ts";

/** A network that exists. Disposal removes it. */
export interface TargetNetwork extends AsyncDisposable {
  /** `10.88.0.0/24`. */
  readonly prefix: string;
  /** Address of the target. */
  readonly host: string;
  /** Words before a command that runs in it. */
  readonly within: Command;
  /** For the report. */
  readonly description: string;
}

/** Parts of {@link openNetwork}. */
interface NetworkParts {
  readonly ports: Pick<Ports, "timers" | "random">;
  /** Of the target. */
  readonly name: string;
  readonly spec: NetworkSpec;
  /** Of the peers: a prefix, or `system`. */
  readonly sources: string;
}

/** @throws rejects with `network-failed`, `network-refused`, `program-not-installed`, with nothing left behind. */
export async function openNetwork(parts: NetworkParts): Promise<TargetNetwork> {
  const { ports, name, spec, sources } = parts;
  checkRights(name);
  checkTools(name, spec);
  await checkPrefix(parts);
  const plan = networkPlan(spec, sources, networkNames(ports.random.integer(nameCount)));
  await using stack = new AsyncDisposableStack();
  const guard = stack.use(await NetworkGuard.start(ports.timers, plan));
  await make(parts, plan).finally(() => guard.settle());
  const moved = stack.move();
  const { prefix, host, within, description } = plan;
  const dispose = { [Symbol.asyncDispose]: () => moved.disposeAsync() };
  return { prefix, host, within, description, ...dispose };
}

function checkRights(name: string): void {
  if (process.getuid?.() === 0) return;
  throw failedNetwork(name, "a network namespace needs the rights of root");
}

function checkTools(
  name: string,
  { downBytesPerSecond, upBytesPerSecond, loss }: NetworkSpec,
): void {
  const isLimited = downBytesPerSecond !== undefined || upBytesPerSecond !== undefined;
  const iproute = ["ip", "ss", ...(isLimited ? ["tc"] : [])];
  const missing = iproute.find((file) => !isInstalled(file));
  if (missing !== undefined) throw notInstalled(name, missing, "Debian has it in iproute2");
  if (loss > 0 && !isInstalled("nft")) {
    throw notInstalled(name, "nft", "Debian has it in nftables");
  }
}

/** @param ownMetric Of the route of this network, which does not count. */
async function checkPrefix({ name, spec, sources }: NetworkParts, ownMetric = -1): Promise<void> {
  const output = await done(name, ["ip", "-json", "-4", "route", "show", "table", "all"]);
  const routes = readRoutes(output).filter(({ metric }) => metric !== ownMetric);
  const refusal = prefixRefusal(spec.prefix, { sources, routes });
  if (refusal !== undefined) throw refusedPrefix(name, spec.prefix, refusal);
}

async function make(parts: NetworkParts, plan: NetworkPlan): Promise<void> {
  const { name } = parts;
  const { names, refuse, commands, host, lastHost } = plan;
  await done(name, refuse);
  // Another run may have taken the prefix meanwhile.
  await checkPrefix(parts, names.metric);
  for (const each of [host, lastHost]) {
    // oxlint-disable-next-line no-await-in-loop
    await checkRoute(name, each, undefined);
  }
  for (const command of commands) {
    // oxlint-disable-next-line no-await-in-loop
    await done(name, command);
  }
  stopForwarding(name, names.device);
  for (const each of [host, lastHost]) {
    // oxlint-disable-next-line no-await-in-loop
    await checkRoute(name, each, names.device);
  }
}

/** Rules of routing may prefer other tables. @param device Undefined: the packet is refused. */
async function checkRoute(name: string, to: string, device: string | undefined): Promise<void> {
  const end = await runCommand(["ip", "-json", "route", "get", to]);
  const seen = end.kind === "done" ? deviceOf(end.output) : undefined;
  if (seen === device) return;
  const reason = `packets to ${to} would leave by ${seen ?? "no device"}, where rules of routing of this machine send them`;
  throw failedNetwork(name, reason);
}

/** The target reaches this machine alone, also on a machine that forwards packets. */
function stopForwarding(name: string, device: string): void {
  const path = `/proc/sys/net/ipv4/conf/${device}/forwarding`;
  try {
    if (readFileSync(path, "latin1").trim() !== "0") writeFileSync(path, "0");
  } catch {
    throw failedNetwork(name, `this machine forwards packets, and ${path} cannot be written`);
  }
}

async function done(name: string, command: Command): Promise<string> {
  const end = await runCommand(command);
  if (end.kind === "done") return end.output;
  throw failedNetwork(name, end.reason);
}

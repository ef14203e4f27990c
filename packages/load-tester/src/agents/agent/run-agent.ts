// `troupe load-test agent`: an agent from its start to its end.

import { hostname } from "node:os";
import { nodePorts, pause, type Ports } from "@troupe/actor-runtime";
import type { WorkerUrlsOption } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import { localGenerators } from "../../generator/local-generators.ts";
import { openNatsBus } from "../bus/nats-bus.ts";
import { presenceMs } from "../limits.ts";
import { makeRule } from "../../rules/make-rule.ts";
import { agentEntryShape } from "../messages/messages.ts";
import { readMessage } from "../messages/json.ts";
import { agentName } from "../messages/subjects.ts";
import { Agent } from "./agent.ts";
import type { Bus } from "../bus/bus.ts";
import type { NatsOptions } from "../bus/server-address.ts";
import type { OpenGenerators } from "./agent-run.ts";

const lookMs = 250;

/** Options of {@link runAgent}. */
export interface AgentOptions {
  readonly nats: NatsOptions;
  /** Letters, digits, `-` and `_`, 64 at most; by default the machine's name and four random digits. */
  readonly name?: string;
  /** Generator threads. Default 1. */
  readonly threads?: number;
  /** Numeric addresses outside of loopback and private ranges that load may go to. No leader can widen this. */
  readonly allowTargets?: readonly string[];
  /** Runs hostile groups, against loopback and private addresses alone. Default false. */
  readonly allowHostile?: boolean;
  /** Default: threads of this process. */
  readonly openGenerators?: OpenGenerators;
  /** See the option `workerUrls` of a coordinator. */
  readonly workerUrls?: WorkerUrlsOption;
  /** Ends the agent. */
  readonly signal: AbortSignal;
  /** Takes a sentence for the user. */
  readonly log: (sentence: string) => void;
}

/**
 * Runs load for leaders, one at a time, until the signal.
 *
 * @throws TroupeError as `connectAgents`, or `option-out-of-range`, `agent-name-wrong`, `agent-name-taken`; `nats-refused` also later.
 */
export async function runAgent(options: AgentOptions): Promise<void> {
  const ports: Ports = nodePorts();
  const { clock, timers, random } = ports;
  const { allowTargets = [], allowHostile = false } = options;
  const rule = makeRule({ allowTargets, allowHostile });
  const instance = Buffer.from(random.bytes(8)).toString("hex");
  const name = options.name ?? `${machineName()}-${instance.slice(0, 4)}`;
  if (!agentName.test(name)) {
    throw new TroupeError(
      "agent-name-wrong",
      "cannot start an agent of this name: a name has letters, digits, - and _, 64 at most",
    );
  }
  await using bus = await openNatsBus(options.nats, {
    names: ports.names,
    name: `troupe agent ${name}`,
    warn: options.log,
  });
  await untilNameIsFree(bus, name, ports);
  const { threads = 1, log, signal } = options;
  const openGenerators = options.openGenerators ?? localOpener(options, threads);
  const limits = { threads, rule, openGenerators };
  const agent = new Agent({ name, instance, bus, clock, timers, log, ...limits });
  await agent.start();
  log(`agent ${name} waits for runs with ${threads} ${threads === 1 ? "thread" : "threads"}`);
  await Promise.race([aborted(signal), bus.closed]);
  await agent.stop();
  if (signal.aborted) return;
  throw new TroupeError(
    "nats-refused",
    `the agent ${name} ends: the NATS server refuses its credentials now`,
  );
}

function localOpener({ workerUrls }: AgentOptions, threads: number): OpenGenerators {
  const urls = workerUrls === undefined ? {} : { workerUrls };
  return async (events) => localGenerators({ threads, events, ...urls });
}

/** An agent that was killed is in the list for some seconds more. */
async function untilNameIsFree(bus: Bus, name: string, { clock, timers }: Ports): Promise<void> {
  const untilMs = clock.nowMs() + presenceMs + 1_000;
  while (hasEntry((await bus.presence.list()).get(name))) {
    if (clock.nowMs() > untilMs) {
      throw new TroupeError(
        "agent-name-taken",
        `cannot start the agent ${name}: another agent of this name is at the NATS server`,
      );
    }
    await pause(timers, lookMs);
  }
}

function hasEntry(bytes: Uint8Array | undefined): boolean {
  return bytes !== undefined && readMessage(bytes, agentEntryShape) !== undefined;
}

function machineName(): string {
  const name = hostname().replaceAll(/[^A-Za-z0-9_-]/g, "-");
  return name.slice(0, 40) || "agent";
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

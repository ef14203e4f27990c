// Opens the generators of a run at agents of a NATS server.

import { nodePorts, type Ports } from "@troupe/actor-runtime";
import { openNatsBus } from "../bus/nats-bus.ts";
import { AgentGenerators } from "./agent-generators.ts";
import { findAgents } from "./find-agents.ts";
import type { NatsOptions } from "../bus/server-address.ts";
import type { GeneratorEvents } from "../../generator/generators.ts";

/** Options of {@link connectAgents}. */
export interface ConnectAgentsOptions {
  readonly nats: NatsOptions;
  /** Agents to wait for, 10 s at most; by default the run takes all that are there and free. */
  readonly agents?: number;
  /** Takes a sentence for the user. */
  readonly log: (sentence: string) => void;
}

/** The agents that a run will use. */
export interface ConnectedAgents extends AsyncDisposable {
  /** By name. */
  readonly names: readonly string[];
  /** The generators of one run; their disposal ends the connection too. */
  generators(events: GeneratorEvents): AgentGenerators;
}

/**
 * Connects to the server and finds agents, before anything else of a run.
 *
 * @throws TroupeError `nats-not-installed`, `nats-url-wrong`, `nats-not-reached`, `nats-refused`,
 *   `nats-without-credentials`, `nats-credentials-unreadable`, `nats-without-jetstream` or `too-few-agents`.
 */
export async function connectAgents(options: ConnectAgentsOptions): Promise<ConnectedAgents> {
  const { clock, timers, random, names }: Ports = nodePorts();
  const { log } = options;
  const bus = await openNatsBus(options.nats, { names, name: "troupe load-test", warn: log });
  try {
    const agents = await findAgents(bus, { clock, timers }, options.agents);
    return {
      names: agents.map(({ name }) => name),
      generators: (events) =>
        new AgentGenerators({ bus, clock, timers, random, agents, events, log }),
      [Symbol.asyncDispose]: async () => await bus[Symbol.asyncDispose](),
    };
  } catch (error) {
    await bus[Symbol.asyncDispose]();
    throw error;
  }
}

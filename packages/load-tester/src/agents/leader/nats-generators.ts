// Opens the generators of a run at agents of a NATS server.

import { nodePorts, type Ports } from "@troupe/actor-runtime";
import { openNatsBus } from "../bus/nats-bus.ts";
import { AgentGenerators } from "./agent-generators.ts";
import { findAgents } from "./find-agents.ts";
import type { NatsOptions } from "../bus/server-address.ts";
import type { GeneratorEvents } from "../../generator/generators.ts";

/** Options of {@link natsGenerators}. */
export interface NatsGeneratorsOptions {
  readonly nats: NatsOptions;
  /** Agents to wait for, 10 s at most; by default the run takes all that are there and free. */
  readonly agents?: number;
  readonly events: GeneratorEvents;
  /** Takes a sentence for the user. */
  readonly log: (sentence: string) => void;
}

/**
 * Finds agents and divides a run among them.
 *
 * @throws TroupeError `nats-not-installed`, `nats-url-wrong`, `nats-not-reached`, `nats-refused`,
 *   `nats-without-credentials`, `nats-credentials-unreadable`, `nats-without-jetstream` or `too-few-agents`.
 */
export async function natsGenerators(options: NatsGeneratorsOptions): Promise<AgentGenerators> {
  const { clock, timers, random, names }: Ports = nodePorts();
  const { events, log } = options;
  const bus = await openNatsBus(options.nats, { names, name: "troupe load-test", warn: log });
  try {
    const agents = await findAgents(bus, { clock, timers }, options.agents);
    return new AgentGenerators({ bus, clock, timers, random, agents, events });
  } catch (error) {
    await bus[Symbol.asyncDispose]();
    throw error;
  }
}

// An agent in the process of a test, with a connection of its own and scripted generators.

import { nodePorts } from "@troupe/actor-runtime";
import { runAgent } from "../../../packages/load-tester/src/agents/agent/run-agent.ts";
import { ScriptedGenerators } from "./scripted-generators.ts";
import type { NatsOptions } from "../../../packages/load-tester/src/agents/bus/server-address.ts";

/** An agent in this process. */
export class TestAgent implements AsyncDisposable {
  /** One entry a run. */
  readonly generators: ScriptedGenerators[] = [];
  /** Sentences of the agent. */
  readonly log: string[] = [];
  readonly #control = new AbortController();
  #ended: Promise<void> = Promise.resolve();
  #waiting = Promise.withResolvers<void>();

  /** Starts an agent that waits for runs when this resolves. */
  static async start(
    nats: NatsOptions,
    name: string,
    options: { readonly threads?: number; readonly allowHostile?: boolean } = {},
  ): Promise<TestAgent> {
    const agent = new TestAgent();
    const { clock, timers } = nodePorts();
    agent.#ended = runAgent({
      nats,
      name,
      threads: options.threads ?? 1,
      allowHostile: options.allowHostile ?? false,
      signal: agent.#control.signal,
      log: (sentence) => {
        agent.log.push(sentence);
        if (sentence.includes("waits for runs")) agent.#waiting.resolve();
      },
      openGenerators: async (events) => {
        const generators = new ScriptedGenerators(clock, timers, events);
        agent.generators.push(generators);
        return generators;
      },
    });
    await Promise.race([agent.#waiting.promise, agent.#ended]);
    return agent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#control.abort();
    await this.#ended;
  }
}

// A leader and agents in virtual time, over a message server in memory.

import { Scheduler, SeededRandom } from "@troupe/actor-runtime/simulated";
import { ScriptedGenerators } from "../../../../../test/support/load/scripted-generators.ts";
import { Agent } from "../../../src/agents/agent/agent.ts";
import { AgentGenerators } from "../../../src/agents/leader/agent-generators.ts";
import { findAgents } from "../../../src/agents/leader/find-agents.ts";
import type { PeersByGroup } from "../../../src/generator/generators.ts";
import { MemoryBus, MemoryServer } from "./memory-bus.ts";
import type { Window } from "../../../src/measures/measures.ts";

/** An agent and the generators that it has opened. */
export interface TestedAgent {
  readonly agent: Agent;
  readonly bus: MemoryBus;
  readonly generators: ScriptedGenerators[];
}

/** A leader, its agents, and all that the owner of the leader was told. */
export class Place {
  readonly scheduler = new Scheduler();
  readonly server = new MemoryServer(this.scheduler);
  readonly windows = new Map<string, Window[]>();
  readonly lost: (readonly [string, PeersByGroup, string])[] = [];
  /** Sentences of the leader. */
  readonly notes: string[] = [];
  readonly leaderBus = new MemoryBus(this.server);
  /** Windows that the owner of the leader cannot read. */
  rejects: (window: Window) => boolean = () => false;
  #leaders = 0;

  /** @param aheadMs By which the agent's clock differs from the leader's. */
  async agent(name: string, threads = 1, aheadMs = 0): Promise<TestedAgent> {
    const { clock, timers } = this.scheduler;
    const bus = new MemoryBus(this.server);
    const generators: ScriptedGenerators[] = [];
    const own = { ...clock, epochMs: () => clock.epochMs() + aheadMs };
    const agent = new Agent({
      ...{ name, instance: name, threads, bus, clock: own, timers },
      rule: { allowed: [], allowHostile: false },
      log: () => {},
      openGenerators: async (events) => {
        const opened = new ScriptedGenerators(own, timers, events);
        generators.push(opened);
        return opened;
      },
    });
    await agent.start();
    return { agent, bus, generators };
  }

  async leader(): Promise<AgentGenerators> {
    const { clock, timers } = this.scheduler;
    const bus = this.leaderBus;
    const agents = await this.scheduler.settle(findAgents(bus, { clock, timers }, undefined));
    const { rejects } = this;
    return new AgentGenerators({
      ...{ bus, clock, timers, agents, random: new SeededRandom(`leader ${this.#leaders++}`) },
      log: (sentence) => void this.notes.push(sentence),
      events: {
        window: (generator, window) => {
          if (rejects(window)) throw new Error("a histogram is malformed");
          const known = this.windows.get(generator) ?? [];
          this.windows.set(generator, [...known, window]);
        },
        lost: (...loss) => void this.lost.push(loss),
      },
    });
  }

  async pass(ms: number): Promise<void> {
    await this.scheduler.run(this.scheduler.nowMs + ms);
  }
}

// The agents that are there and free.

import { pause, type Clock, type Timers } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import { agentsWaitMs, mostAgents } from "../limits.ts";
import { agentEntryShape, messageVersion, type AgentEntry } from "../messages/messages.ts";
import { readMessage } from "../messages/json.ts";
import type { Bus } from "../bus/bus.ts";

const lookMs = 250;

/**
 * Waits for agents.
 *
 * @param wanted Number of agents that are expected; undefined: all that are there, at least one.
 * @throws TroupeError `too-few-agents`.
 */
export async function findAgents(
  bus: Bus,
  time: { readonly clock: Clock; readonly timers: Pick<Timers, "after"> },
  wanted: number | undefined,
): Promise<readonly AgentEntry[]> {
  const untilMs = time.clock.nowMs() + agentsWaitMs;
  for (;;) {
    const free = await freeAgents(bus);
    if (free.length >= (wanted ?? 1)) return free.slice(0, wanted ?? mostAgents);
    if (time.clock.nowMs() >= untilMs) {
      throw new TroupeError(
        "too-few-agents",
        `cannot start the run: ${free.length} free agents are at the NATS server, ${wanted ?? 1} are needed; start them with: troupe load-test agent --nats URL`,
      );
    }
    await pause(time.timers, lookMs);
  }
}

/** By name, so that shares go to the same agents each time. */
async function freeAgents(bus: Bus): Promise<readonly AgentEntry[]> {
  const entries = await bus.presence.list();
  return [...entries]
    .flatMap(([name, bytes]) => entryOf(name, bytes))
    .filter(({ isBusy }) => !isBusy)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** An entry that is malformed or of another version is no agent of this leader. */
function entryOf(name: string, bytes: Uint8Array): AgentEntry[] {
  const entry = readMessage(bytes, agentEntryShape);
  return entry?.name === name && entry.version === messageVersion ? [entry] : [];
}

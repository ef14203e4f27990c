// The life of an agent: what it does for the leader of a run, as a value. Times are of the agent's monotonic clock.

import type { LoadEnd } from "@troupe/load-peers";
import { leaderSilenceMs } from "../limits.ts";

/** The life of an agent. */
export type AgentLife =
  /** Waits for a leader. */
  | { readonly kind: "free" }
  /** Fetches and checks the plan, and draws its share. */
  | { readonly kind: "preparing"; readonly run: string; readonly heardMs: number }
  | { readonly kind: "ready"; readonly run: string; readonly heardMs: number }
  /** The load runs, or starts at a time that it knows. */
  | { readonly kind: "running"; readonly run: string; readonly heardMs: number }
  /** The load ends; its last windows come. Each new state of this kind ends the load, or cuts its drain. */
  | {
      readonly kind: "ending";
      readonly run: string;
      readonly reason: string | undefined;
      readonly how: LoadEnd;
    }
  /** The load is over; windows wait for the server. */
  | { readonly kind: "sending"; readonly run: string };

/** Events in the life of an agent. */
export type AgentEvent =
  | { readonly kind: "prepare"; readonly run: string; readonly nowMs: number }
  | { readonly kind: "prepared"; readonly run: string }
  | { readonly kind: "refused"; readonly run: string }
  | { readonly kind: "begin"; readonly run: string; readonly nowMs: number }
  /** A beat of the leader of a run. */
  | { readonly kind: "heard"; readonly run: string; readonly nowMs: number }
  | { readonly kind: "tick"; readonly nowMs: number }
  | { readonly kind: "end"; readonly run: string; readonly how: LoadEnd }
  /** The user of the agent ends it. */
  | { readonly kind: "stop" }
  /** The load has ended, all its windows are in the outbox. */
  | { readonly kind: "ended"; readonly run: string }
  /** The outbox is empty. */
  | { readonly kind: "sent"; readonly run: string };

const silence = `the agent heard nothing of its leader for ${leaderSilenceMs / 1000} s`;
const stopped = "the agent was stopped";

/** The only function that changes the life of an agent. @returns `life` itself for an event that does not fit. */
export function nextAgentLife(life: AgentLife, event: AgentEvent): AgentLife {
  if ("run" in event && event.kind !== "prepare" && !hasRun(life, event.run)) return life;
  switch (event.kind) {
    case "prepare":
      if (life.kind !== "free" && life.kind !== "sending") return life;
      return { kind: "preparing", run: event.run, heardMs: event.nowMs };
    case "prepared":
      return life.kind === "preparing" ? { ...life, kind: "ready" } : life;
    case "refused":
      return life.kind === "preparing" ? { kind: "free" } : life;
    case "begin":
      return life.kind === "ready" ? { ...life, kind: "running", heardMs: event.nowMs } : life;
    case "heard":
      return hasLeader(life) ? { ...life, heardMs: event.nowMs } : life;
    case "tick":
      return hasLeader(life) && event.nowMs - life.heardMs >= leaderSilenceMs
        ? ending(life.run, silence)
        : life;
    case "end":
      if (isDraining(life) && event.how === "cut") return ending(event.run, life.reason);
      return hasLeader(life) ? ending(event.run, undefined, event.how) : life;
    case "stop":
      return hasLeader(life) ? ending(life.run, stopped) : life;
    case "ended":
      return life.kind === "ending" ? { kind: "sending", run: event.run } : life;
    case "sent":
      return life.kind === "sending" ? { kind: "free" } : life;
  }
}

function hasRun(life: AgentLife, run: string): boolean {
  return life.kind !== "free" && life.run === run;
}

/** A drain may be cut. */
function isDraining(life: AgentLife): life is Extract<AgentLife, { readonly kind: "ending" }> {
  return life.kind === "ending" && life.how === "drained";
}

/** Whether the agent has a plan of a leader that may still beat. */
export function hasLeader(
  life: AgentLife,
): life is Extract<AgentLife, { readonly heardMs: number }> {
  return life.kind === "preparing" || life.kind === "ready" || life.kind === "running";
}

function ending(run: string, reason: string | undefined, how: LoadEnd = "cut"): AgentLife {
  return { kind: "ending", run, reason, how };
}

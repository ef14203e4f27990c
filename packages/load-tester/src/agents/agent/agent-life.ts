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
  /** The load ends; its last windows come. */
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

/** Work that follows a change. */
export type AgentEffect =
  | { readonly kind: "prepare"; readonly run: string }
  | { readonly kind: "begin"; readonly run: string }
  /** @see AgentLife `ending`. */
  | {
      readonly kind: "end-load";
      readonly run: string;
      readonly reason: string | undefined;
      readonly how: LoadEnd;
    };

/** Life and work after an event. */
interface AgentStep {
  readonly life: AgentLife;
  readonly effect: AgentEffect | undefined;
}

const silence = `the agent heard nothing of its leader for ${leaderSilenceMs / 1000} s`;
const stopped = "the agent was stopped";

/** The only function that changes the life of an agent. An event that does not fit changes nothing. */
export function nextAgentLife(life: AgentLife, event: AgentEvent): AgentStep {
  const same: AgentStep = { life, effect: undefined };
  switch (event.kind) {
    case "prepare":
      return life.kind === "free" || life.kind === "sending" ? preparing(event) : same;
    case "prepared":
      return life.kind === "preparing" && life.run === event.run
        ? { life: { ...life, kind: "ready" }, effect: undefined }
        : same;
    case "refused":
      return life.kind === "preparing" && life.run === event.run
        ? { life: { kind: "free" }, effect: undefined }
        : same;
    case "begin":
      return life.kind === "ready" && life.run === event.run
        ? {
            life: { kind: "running", run: event.run, heardMs: event.nowMs },
            effect: { kind: "begin", run: event.run },
          }
        : same;
    case "heard":
      return hasLeader(life) && life.run === event.run
        ? { life: { ...life, heardMs: event.nowMs }, effect: undefined }
        : same;
    case "tick":
      return hasLeader(life) && event.nowMs - life.heardMs >= leaderSilenceMs
        ? ending(life.run, silence)
        : same;
    case "end":
      if (isDraining(life) && life.run === event.run && event.how === "cut")
        return ending(event.run, life.reason);
      return hasLeader(life) && life.run === event.run
        ? ending(event.run, undefined, event.how)
        : same;
    case "stop":
      return hasLeader(life) ? ending(life.run, stopped) : same;
    case "ended":
      return life.kind === "ending" && life.run === event.run
        ? { life: { kind: "sending", run: event.run }, effect: undefined }
        : same;
    case "sent":
      return life.kind === "sending" && life.run === event.run
        ? { life: { kind: "free" }, effect: undefined }
        : same;
  }
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

function preparing(event: { readonly run: string; readonly nowMs: number }): AgentStep {
  return {
    life: { kind: "preparing", run: event.run, heardMs: event.nowMs },
    effect: { kind: "prepare", run: event.run },
  };
}

function ending(run: string, reason: string | undefined, how: LoadEnd = "cut"): AgentStep {
  const facts = { run, reason, how };
  return { life: { kind: "ending", ...facts }, effect: { kind: "end-load", ...facts } };
}

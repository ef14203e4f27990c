// The leader's view of one agent, as a value. Times are of the leader's monotonic clock.

import { agentSilenceMs, leaderSilenceMs } from "../limits.ts";

/** An agent as its leader sees it. */
export type AgentView =
  /** The plan is at the agent; no beat counts yet. */
  | { readonly kind: "preparing" }
  /** Prepared or under load. */
  | { readonly kind: "in-run"; readonly link: Link }
  /** The leader has ended the run; its last windows come. */
  | { readonly kind: "ending" }
  /** All its windows are in. */
  | { readonly kind: "ended" }
  /** Late windows count: the load was there. */
  | { readonly kind: "lost"; readonly reason: string }
  /** Lost, and no further window counts: one was malformed. */
  | { readonly kind: "rejected"; readonly reason: string };

/** The leader's own connection to the server; silence of an agent counts only while it is up. */
type Link =
  | { readonly kind: "up"; readonly heardMs: number }
  | { readonly kind: "down"; readonly sinceMs: number };

/** Events that change the view of an agent. */
export type ViewEvent =
  | { readonly kind: "prepared"; readonly nowMs: number; readonly isConnected: boolean }
  | { readonly kind: "heard"; readonly nowMs: number }
  | { readonly kind: "connected"; readonly nowMs: number }
  | { readonly kind: "disconnected"; readonly nowMs: number }
  | { readonly kind: "tick"; readonly nowMs: number }
  /** The leader ends the run. */
  | { readonly kind: "end" }
  /** The last message of the agent is in. */
  | { readonly kind: "ended"; readonly reason: string | undefined }
  /** A window of the agent cannot be read. */
  | { readonly kind: "malformed"; readonly reason: string }
  /** A request to the agent failed for good. */
  | { readonly kind: "failed"; readonly reason: string };

/** The only function that changes a view. An event that does not fit changes nothing. */
export function nextAgentView(view: AgentView, event: ViewEvent): AgentView {
  switch (event.kind) {
    case "prepared":
      return view.kind === "preparing"
        ? { kind: "in-run", link: linkOf(event.isConnected, event.nowMs) }
        : view;
    case "heard":
      return heard(view, event.nowMs);
    case "connected":
      return withLink(view, { kind: "up", heardMs: event.nowMs });
    case "disconnected":
      return withLink(view, { kind: "down", sinceMs: event.nowMs });
    case "tick":
      return view.kind === "in-run" ? afterSilence(view, event.nowMs) : view;
    case "end":
      return view.kind === "in-run" ? { kind: "ending" } : view;
    case "ended":
      return afterLastMessage(view, event.reason);
    case "malformed":
      return view.kind === "ended" ? view : { kind: "rejected", reason: event.reason };
    case "failed":
      return view.kind === "preparing" || view.kind === "in-run" || view.kind === "ending"
        ? lost(event.reason)
        : view;
  }
}

/** An agent that ends after the leader told it to is no loss. */
function afterLastMessage(view: AgentView, reason: string | undefined): AgentView {
  if (view.kind === "ending") return { kind: "ended" };
  return view.kind === "in-run" ? lost(reason ?? "the agent ended its load") : view;
}

function heard(view: AgentView, nowMs: number): AgentView {
  return view.kind === "in-run" && view.link.kind === "up"
    ? { ...view, link: { kind: "up", heardMs: nowMs } }
    : view;
}

/** A loss or a return of the leader's connection; a second report of the same changes nothing. */
function withLink(view: AgentView, link: Link): AgentView {
  return view.kind === "in-run" && view.link.kind !== link.kind ? { ...view, link } : view;
}

function afterSilence(
  view: Extract<AgentView, { readonly kind: "in-run" }>,
  nowMs: number,
): AgentView {
  const { link } = view;
  if (link.kind === "up") {
    return nowMs - link.heardMs >= agentSilenceMs
      ? lost(`nothing was heard of the agent for ${agentSilenceMs / 1000} s`)
      : view;
  }
  // Without the server the agents have heard nothing of this leader either, and have stopped.
  return nowMs - link.sinceMs >= leaderSilenceMs
    ? lost(`the server was away for ${leaderSilenceMs / 1000} s`)
    : view;
}

function linkOf(isConnected: boolean, nowMs: number): Link {
  return isConnected ? { kind: "up", heardMs: nowMs } : { kind: "down", sinceMs: nowMs };
}

function lost(reason: string): AgentView {
  return { kind: "lost", reason };
}

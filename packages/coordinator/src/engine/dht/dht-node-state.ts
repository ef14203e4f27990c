// The states of the engine's DHT node, and the only function that changes them.
//
//   unneeded ──needed──▶ starting ──listening──▶ running ──crashed──▶ starting
//                            │                      │
//                            └───────failed─────────┴──▶ off
//   each of them ──closed──▶ closed

import type { DhtPorts } from "@troupe/messages";

/** The state of the engine's DHT node. */
export type DhtNodeState =
  /** No public torrent has joined its swarm yet. */
  | { readonly kind: "unneeded" }
  /** Until its sockets are open, also after a crash. */
  | { readonly kind: "starting" }
  /** @param ports Ports of its sockets. */
  | { readonly kind: "running"; readonly ports: DhtPorts }
  /** It does not run until the engine ends. @param reason A sentence. */
  | { readonly kind: "off"; readonly reason: string }
  | { readonly kind: "closed" };

/** A cause of a change. */
export type DhtNodeEvent =
  | { readonly event: "needed" }
  | { readonly event: "listening"; readonly ports: DhtPorts }
  | { readonly event: "crashed" }
  | { readonly event: "failed"; readonly reason: string }
  | { readonly event: "closed" };

/** The state before the first public torrent. */
export const dhtUnneeded: DhtNodeState = { kind: "unneeded" };

/** The state after an event; the same object for an event without effect. */
export function nextDhtNode(state: DhtNodeState, event: DhtNodeEvent): DhtNodeState {
  if (state.kind === "closed" || state.kind === "off") {
    return event.event === "closed" ? { kind: "closed" } : state;
  }
  switch (event.event) {
    case "needed":
      return state.kind === "unneeded" ? { kind: "starting" } : state;
    case "listening":
      return state.kind === "starting" ? { kind: "running", ports: event.ports } : state;
    case "crashed":
      return state.kind === "running" ? { kind: "starting" } : state;
    case "failed":
      return { kind: "off", reason: event.reason };
    case "closed":
      return { kind: "closed" };
  }
}

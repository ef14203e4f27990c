// A node that a look-up may ask.

import type { Contact, NodeId } from "@troupe/protocol/dht";

/**
 * The states of a node. `silent`: asked, and not answered within its time-out. `overdue`: not answered within
 * several time-outs. `surplus`: it answered late, when another node had taken its place.
 */
type LookUpNodeState =
  | { readonly kind: "unasked" }
  | { readonly kind: "asked" }
  | { readonly kind: "silent" }
  | { readonly kind: "overdue" }
  | { readonly kind: "answered"; readonly token: Uint8Array | undefined }
  | { readonly kind: "surplus" }
  | { readonly kind: "failed" };

/** An event of a node. */
export type LookUpNodeEvent =
  | { readonly kind: "ask" }
  | { readonly kind: "silence" }
  | { readonly kind: "delay" }
  | {
      readonly kind: "answer";
      readonly token: Uint8Array | undefined;
      readonly isPlaceFree: boolean;
    }
  | { readonly kind: "failure" };

/** @returns The state after the event; the same state for an event that does not belong to it. */
export function stateAfter(state: LookUpNodeState, event: LookUpNodeEvent): LookUpNodeState {
  const isWaiting = state.kind === "asked" || state.kind === "silent" || state.kind === "overdue";
  switch (event.kind) {
    case "ask":
      return state.kind === "unasked" ? { kind: "asked" } : state;
    case "silence":
      return state.kind === "asked" ? { kind: "silent" } : state;
    case "delay":
      return state.kind === "silent" ? { kind: "overdue" } : state;
    case "answer":
      if (!isWaiting) return state;
      return event.isPlaceFree ? { kind: "answered", token: event.token } : { kind: "surplus" };
    case "failure":
      return isWaiting ? { kind: "failed" } : state;
  }
}

/** A node of a look-up. Only the look-up changes it. */
export interface LookUpNode {
  readonly host: string;
  readonly port: number;
  /** A look-up has one node of each place: a subnet of the internet, or a local address and port. */
  readonly place: string;
  /**
   * The id that other nodes gave, then the id that the node itself gave. Undefined until then for an address without an
   * id.
   */
  id: NodeId | undefined;
  /** The id fits the address (BEP 42). */
  isFitting: boolean;
  state: LookUpNodeState;
}

/** A node whose id is known. */
export type KnownNode = LookUpNode & Contact;

import type { PeerState } from "../peer-recorder.ts";

/** Changes the state of a peer. */
export type PeerEvent =
  /** The peer waits to be dialled, or to dial again. */
  | "wait"
  | "dial"
  | "opened"
  | "unchoked"
  | "choked"
  /** It has every piece that it takes. */
  | "completed"
  /** It will not connect again. */
  | "left";

/** The state of a peer before a visit; its last visit is over by then. */
export function stateBefore({ visit }: { readonly visit: number }): PeerState | undefined {
  return visit === 0 ? undefined : "gone";
}

/** The state of a peer after an event. A complete peer stays complete on its connection. */
export function nextState(state: PeerState, event: PeerEvent): PeerState {
  if (state === "gone") return "gone";
  switch (event) {
    case "wait":
      return "waiting";
    case "dial":
      return "connecting";
    case "opened":
      return "open";
    case "unchoked":
      return state === "open" ? "unchoked" : state;
    case "choked":
      return state === "unchoked" ? "open" : state;
    case "completed":
      return "complete";
    case "left":
      return "gone";
    default:
      return event satisfies never;
  }
}

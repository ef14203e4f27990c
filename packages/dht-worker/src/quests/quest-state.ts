import type { AddressFamily } from "@troupe/protocol/tracker";
import type { QuestRound } from "./quest-round.ts";

/** A round without a single node ends then: a network may be away. */
export const withoutNodesMs = 30_000;

/**
 * The states of a quest. `without-nodes`: a round is due, and no node is known. `running`: a round searches; `nextMs`
 * is set while it searches only the family that had no nodes when the last round began, and is the time of the next
 * round. `due`: the next round waits for its time; `without` has the families of which no node answered in the last
 * round.
 */
export type QuestState =
  | { readonly kind: "without-nodes"; readonly dueMs: number }
  | { readonly kind: "running"; readonly round: QuestRound; readonly nextMs: number | undefined }
  | { readonly kind: "due"; readonly dueMs: number; readonly without: readonly AddressFamily[] }
  | { readonly kind: "ended" };

/** When the state changes by itself; undefined: only by an event. */
export function nextChangeMs(state: QuestState): number | undefined {
  switch (state.kind) {
    case "without-nodes":
      return state.dueMs + withoutNodesMs;
    case "due":
      return state.dueMs;
    case "running":
    case "ended":
      return undefined;
  }
}

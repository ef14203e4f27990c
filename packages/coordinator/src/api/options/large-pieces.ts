// Pieces for which the payload memory has no room: each gets memory of its own, one at a time.

import { needsOwnMemory } from "@troupe/messages";
import { splitMemory } from "../../engine/base/peer-worker-handle.ts";
import { defaultMemoryBytes, defaultPeerWorkers } from "./options.ts";

/** Whether a piece of this length does not fit into the memory that a coordinator has without options. */
export function needsOwnMemoryByDefault(pieceLengthBytes: number): boolean {
  const { downloadBytes } = splitMemory(Math.floor(defaultMemoryBytes / defaultPeerWorkers()));
  return needsOwnMemory(pieceLengthBytes, downloadBytes);
}

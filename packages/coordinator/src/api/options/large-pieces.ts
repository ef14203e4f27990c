// Oversized pieces of a coordinator without options.

import { needsOwnMemory } from "@troupe/messages";
import { splitMemory } from "../../engine/base/peer-worker-handle.ts";
import { defaultMemoryBytes, defaultPeerWorkers } from "./options.ts";

/** Whether a piece is oversized for the default memory. */
export function needsOwnMemoryByDefault(pieceLengthBytes: number): boolean {
  const { downloadBytes } = splitMemory(Math.floor(defaultMemoryBytes / defaultPeerWorkers()));
  return needsOwnMemory(pieceLengthBytes, downloadBytes);
}

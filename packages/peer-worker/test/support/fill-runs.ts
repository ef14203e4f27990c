// A file-worker's answer to `read-blocks`.

import { countRuns, runAt, type BlockRun, type ReadBlocks } from "@troupe/messages";

import { content } from "./scripted-peer.ts";

/** The runs of a message, in order. */
export function runsOf({ runs }: ReadBlocks): readonly BlockRun[] {
  return Array.from({ length: countRuns(runs) }, (_, run) => runAt(runs, run));
}

/** Writes the content of each run to its place. */
export function fillRuns(memory: Uint8Array, message: ReadBlocks): void {
  const { blockBytes, gapBytes } = message;
  for (const { position, lengthBytes, offset } of runsOf(message)) {
    let at = offset;
    for (let done = 0; done < lengthBytes; done += blockBytes) {
      const bytes = Math.min(blockBytes, lengthBytes - done);
      memory.set(content(position + done, bytes), at + gapBytes);
      at += gapBytes + bytes;
    }
  }
}

// The file thread: writes verified pieces from their slots, neighbours in one call.

import { closeSync, openSync, writevSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { FrameLink } from "./frame-link.ts";
import { pieceLength, type ThreadData } from "./plan.ts";

const { plan, slab, link } = workerData as ThreadData;
const memory = new Uint8Array(slab);
const file = openSync(plan.target, "w");

/** Takes `[piece, slot]`, answers `[piece, slot]` when it is written; an empty message ends the thread. */
const engine = new FrameLink(link, (messages) => {
  if (messages.some((message) => message.length === 0)) {
    closeSync(file);
    process.exit();
  }
  const sorted = messages.toSorted(([a = 0], [b = 0]) => a - b);
  for (let from = 0; from < sorted.length;) {
    let to = from + 1;
    while (to < sorted.length && sorted[to]?.[0] === (sorted[to - 1]?.[0] ?? 0) + 1) to++;
    writeRun(sorted.slice(from, to));
    from = to;
  }
  for (const message of messages) engine.send(message);
});

function writeRun(run: readonly (readonly number[])[]): void {
  const views = run.map(([piece = 0, slot = 0]) => {
    const offset = slot * plan.pieceLengthBytes;
    return memory.subarray(offset, offset + pieceLength(plan, piece));
  });
  writevSync(file, views, (run[0]?.[0] ?? 0) * plan.pieceLengthBytes);
}

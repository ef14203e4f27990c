// The file thread: writes verified pieces from their slots, neighbours in one call.

import { workerData } from "node:worker_threads";
import { nodePorts } from "@troupe/actor-runtime";
import { FrameLink, type PieceInExtent } from "./frame-link.ts";
import { pieceLength, type ThreadData } from "./plan.ts";

const { plan, slab, link } = workerData as ThreadData;
const memory = new Uint8Array(slab);
const { disk } = nodePorts();
const file = disk.open(plan.target, "create");

/** Takes verified pieces and gives them back when they are written. */
const engine = new FrameLink(link, (pieces) => {
  const sorted = pieces.toSorted((a, b) => a.piece - b.piece);
  let run: PieceInExtent[] = [];
  for (const next of sorted) {
    if (next.piece !== (run.at(-1)?.piece ?? -2) + 1) {
      writeRun(run);
      run = [];
    }
    run.push(next);
  }
  writeRun(run);
  for (const written of pieces) engine.send(written);
});

function writeRun(run: readonly PieceInExtent[]): void {
  const [first] = run;
  if (first === undefined) return;
  const views = run.map(({ piece, extent }) => {
    const offset = extent * plan.pieceLengthBytes;
    return memory.subarray(offset, offset + pieceLength(plan, piece));
  });
  disk.write(file, views, first.piece * plan.pieceLengthBytes);
}

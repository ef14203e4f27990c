import { PeerField } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import type { PieceQuestion } from "../pieces/orders/piece-order.ts";
import { pickFiles, type FileRun } from "../pieces/runs/file-runs.ts";
import type { JobWithContent } from "../torrent-job.ts";
import type { WebSeed } from "./web-seeds.ts";

/** @returns The pieces to lease next for a web seed: of long ranges, or of whole files. */
export function pickForWebSeed(
  job: JobWithContent,
  seed: WebSeed,
  question: PieceQuestion,
): readonly PieceIndex[] {
  if (seed.givesWholeFiles) return pickWhole(job, seed, question);
  const { pieces, run } = job.content.picker.pickRun(question, seed.run);
  seed.run = run;
  return pieces;
}

function pickWhole(
  job: JobWithContent,
  seed: WebSeed,
  { peerHas: has, count }: PieceQuestion,
): readonly PieceIndex[] {
  const { ledger, picker, webSeeds } = job.content;
  const { pieces, run } = pickFiles({
    ledger,
    files: webSeeds.fileMap,
    has,
    count,
    run: seed.fileRun,
    otherRuns: runsBeside(job, seed),
    due: picker.due.map(({ piece }) => piece),
    peersBytesPerSecond: rateOfPeers(job),
  });
  seed.fileRun = run;
  return pieces;
}

function runsBeside({ content: { webSeeds } }: JobWithContent, seed: WebSeed): FileRun[] {
  return webSeeds.list.flatMap((other) => {
    const { fileRun, state } = other;
    const isReading = fileRun !== undefined && state.activity.state === "open" && other !== seed;
    return isReading ? [fileRun] : [];
  });
}

function rateOfPeers({ content: { traffic }, peers }: JobWithContent): number {
  let bytesPerSecond = 0;
  for (const { isWebSeed, worker, rowIndex } of peers.connected()) {
    if (isWebSeed) continue;
    bytesPerSecond += traffic.row(worker, rowIndex)?.field(PeerField.downBytesPerSecond) ?? 0;
  }
  return bytesPerSecond;
}

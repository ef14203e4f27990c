// The check at completion, for the setting `checkAtCompletion`: when the last piece is had, all pieces are hashed from the
// disk before the completion is reported. Pieces of the torrent are served meanwhile.
//
//   idle ──a piece is had───► due ──all are had──► going-on ──all are good──► idle
//                              ▲                      │
//                              └───────some are bad───┘
//
// The pieces that are not hashed yet are suspect in the record, so a start after a crash hashes them.

import { rangesOf } from "@troupe/protocol/metainfo";
import { clearBit, setBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import { failAtCheck } from "../lifecycle/faults.ts";
import { isTransferring } from "../lifecycle/run.ts";
import { completeIfWhole } from "../pieces/have-updates.ts";
import { saveSuspects, uncheckedPieces } from "../storage/record-updates.ts";
import type { JobWithContent } from "../torrent-job.ts";
import { listOf } from "./hash-pieces.ts";
import { checkRanges, verdictEmitter, type CheckServices } from "./recheck.ts";

/** Checks with bad pieces after which the torrent fails, because its disk does not keep the written bytes. */
const mostFailures = 3;

/** Begins the check of a torrent that has all its pieces. */
export function checkAtEnd(engine: CheckServices, job: JobWithContent): void {
  const { checks, ledger } = job.content;
  const { run } = job.life;
  const { endCheck } = checks;
  if (endCheck.state !== "due" || !ledger.isComplete) return;
  // Pieces are moved out of the part file first.
  if (!isTransferring(run) || run.settling > 0) return;
  const left = uncheckedPieces(job);
  if (left === undefined) {
    checks.endCheck = { state: "idle" };
    return;
  }
  hashAtEnd(engine, job, left, endCheck.failures).catch((error: unknown) =>
    failEngine(engine, job, error),
  );
}

/** Hashes the pieces. Bad pieces are downloaded again. @param left Loses each piece that was hashed. */
async function hashAtEnd(
  engine: CheckServices,
  job: JobWithContent,
  left: Uint8Array,
  before: number,
): Promise<void> {
  const { checks } = job.content;
  const { signal } = job.life;
  const had = listOf(left);
  const arrived = new Uint8Array(left.length);
  checks.endCheck = { state: "going-on", left, arrived };
  saveSuspects(job, had);
  let bad: readonly PieceIndex[];
  try {
    bad = await hashEach(engine, job, had, left);
  } catch (error) {
    if (!signal.aborted) failAtCheck(job, error);
    return;
  }
  // The next start hashes the rest.
  if (signal.aborted) return;
  for (const piece of bad) setBit(arrived, piece);
  const failures = before + Number(bad.length > 0);
  checks.endCheck = arrived.some((byte) => byte !== 0)
    ? { state: "due", pieces: arrived, failures }
    : { state: "idle" };
  if (bad.length > 0) reportBad(job, bad.length, failures);
  else completeIfWhole(engine, job);
}

/** @param left Pieces to hash; each is cleared when it was hashed. @returns The bad pieces. */
async function hashEach(
  engine: CheckServices,
  job: JobWithContent,
  pieces: readonly PieceIndex[],
  left: Uint8Array,
): Promise<readonly PieceIndex[]> {
  const { signal } = job.life;
  const bad: PieceIndex[] = [];
  const emitVerdict = verdictEmitter(job);
  let done = 0;
  await checkRanges(engine, job, rangesOf(pieces), {
    signal,
    verdict: (first, verdicts) => {
      for (const [index, isGood] of verdicts.entries()) {
        const piece = (first + index) as PieceIndex;
        clearBit(left, piece);
        if (isGood === 1) continue;
        bad.push(piece);
        emitVerdict(piece, Uint8Array.of(0));
      }
      done += verdicts.length;
      job.outbox.emit({ event: "checking", done, total: pieces.length });
    },
  });
  return bad;
}

function reportBad(job: JobWithContent, count: number, failures: number): void {
  const seen = `the check at completion has found ${count} wrong pieces on the disk`;
  if (failures < mostFailures) {
    const message = `${seen}: they are downloaded again`;
    return job.outbox.emit({ event: "warning", code: "pieces-damaged", message });
  }
  const message = `${seen}, for the ${mostFailures}rd time: the disk does not keep what is written; check it, then start the torrent again`;
  job.life.fail({ code: "pieces-damaged", message });
}

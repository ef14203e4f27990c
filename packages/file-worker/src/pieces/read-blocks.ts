// Reads verified bytes for uploads into extents, with gaps for message headers.

import type { Soon } from "@troupe/actor-runtime";
import {
  countRuns,
  runAt,
  type BlockRun,
  type BlocksRead,
  type ReadBlocks,
  type RefusedRun,
  type StorageRefusal,
} from "@troupe/messages";
import { secondsOfDiskReads } from "../files/disk-times.ts";
import { isRefusal } from "../refusals.ts";
import { isRange, type Slabs } from "../slabs.ts";
import type { FileState } from "../storage-lifecycle.ts";
import { acceptingStorage, type OpenTorrent } from "../storage.ts";
import type { ReadRefusal } from "../store/piece-store.ts";

/** How the extents of all runs are filled. */
type Filling = Omit<ReadBlocks, "runs">;

/** Reads each run; a refused run stops no other. Announces a changed file once, for a check of its pieces. */
export function readForPeers(state: FileState, order: ReadBlocks): Soon<BlocksRead> {
  const { runs } = order;
  const refused: RefusedRun[] = [];
  const note = (run: number, refusal: StorageRefusal | undefined): void => {
    if (refusal !== undefined) refused.push({ run, ...refusal });
  };
  const beforeSeconds = secondsOfDiskReads(state.diskTimes);
  let late: Promise<void>[] | undefined;
  for (let run = 0; run < countRuns(runs); run++) {
    const answer = readRun(state, order, runAt(runs, run));
    if (answer instanceof Promise) (late ??= []).push(answer.then((refusal) => note(run, refusal)));
    else note(run, answer);
  }
  const diskMs = Math.round(1_000 * (secondsOfDiskReads(state.diskTimes) - beforeSeconds));
  const answer = { refused, diskMs };
  return late === undefined ? answer : Promise.all(late).then(() => answer);
}

/** @returns A refusal: `out-of-range`, `unknown-slab`, `unknown-torrent`, or that of the store. */
function readRun(
  state: FileState,
  filling: Filling,
  run: BlockRun,
): Soon<StorageRefusal | undefined> {
  const open = acceptingStorage(state, run.torrent);
  if (isRefusal(open)) return open;
  const { position, lengthBytes } = run;
  const { totalBytes } = open.map;
  if (!isRange(position, lengthBytes, totalBytes)) {
    return {
      refused: "out-of-range",
      message: `cannot read ${lengthBytes} bytes at ${position}: the torrent has ${totalBytes}`,
    };
  }
  const blocks = blockViews(state.slabs, filling, run);
  if (isRefusal(blocks)) return blocks;
  const answer = open.store.read(run, blocks);
  return answer instanceof Promise
    ? answer.then((refusal) => reported(state, open, run, refusal))
    : reported(state, open, run, answer);
}

/** Emits `read-failed` for news of a file. Without room, the next failed read emits it. */
function reported(
  { context }: FileState,
  { store }: OpenTorrent,
  { torrent, position, lengthBytes }: BlockRun,
  answer: ReadRefusal | undefined,
): StorageRefusal | undefined {
  if (answer?.file === undefined) return answer;
  const { isKnown = false, ...refusal } = answer;
  if (isKnown) return refusal;
  if (context.noticeCredits > 0)
    context.emit("read-failed", { torrent, position, lengthBytes, ...refusal });
  else store.reportAgain(refusal);
  return refusal;
}

/** Payload views, each after its gap. */
function blockViews(
  slabs: Slabs,
  { slab, gapBytes, blockBytes }: Filling,
  { offset, lengthBytes }: BlockRun,
): readonly Uint8Array[] | StorageRefusal {
  if (!isRange(gapBytes, blockBytes, Number.MAX_SAFE_INTEGER)) {
    return {
      refused: "out-of-range",
      message: `cannot fill parts of ${blockBytes} bytes after gaps of ${gapBytes}: at least 1 and 0 are needed`,
    };
  }
  const end = offset + lengthBytes + Math.ceil(lengthBytes / blockBytes) * gapBytes;
  const memory = slabs.memoryWith(slab, offset, end - offset);
  if (isRefusal(memory)) return memory;
  const blocks: Uint8Array[] = [];
  for (let at = offset + gapBytes; at < end; at += blockBytes + gapBytes) {
    blocks.push(memory.subarray(at, Math.min(at + blockBytes, end)));
  }
  return blocks;
}

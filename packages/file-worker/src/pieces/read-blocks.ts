// Reads verified bytes for uploads into extents, with gaps for message headers.

import {
  countRuns,
  runAt,
  type BlockRun,
  type BlocksRead,
  type ReadBlocks,
  type RefusedRun,
  type StorageRefusal,
} from "@troupe/messages";
import type { FileSpan } from "@troupe/protocol/metainfo";
import { changedRefusal } from "../files/file-identity.ts";
import { readEntry } from "../files/part-file.ts";
import { isRefusal, refusalFrom } from "../refusals.ts";
import { isRange, type Slabs } from "../slabs.ts";
import type { FileState } from "../storage-lifecycle.ts";
import { acceptingStorage, fileOf, type Storage } from "../storage.ts";
import { ViewCursor } from "./view-cursor.ts";

/** How the extents of all runs are filled. */
type Filling = Omit<ReadBlocks, "runs">;

/** Reads each run; a refused run stops no other. Announces a changed file once, for a check of its pieces. */
export function readForPeers(state: FileState, order: ReadBlocks): BlocksRead {
  const { runs } = order;
  const refused: RefusedRun[] = [];
  for (let run = 0; run < countRuns(runs); run++) {
    const refusal = readRun(state, order, runAt(runs, run));
    if (refusal !== undefined) refused.push({ run, ...refusal });
  }
  return { refused };
}

function readRun(state: FileState, filling: Filling, run: BlockRun): StorageRefusal | undefined {
  const storage = acceptingStorage(state, run.torrent);
  if (isRefusal(storage)) return storage;
  const { changed } = storage.identities;
  const changedBefore = changed.size;
  const refusal = readBlocks(state, storage, filling, run);
  if (refusal?.file === undefined) return refusal;
  // A failed read adds at most its own file.
  const wasKnown = changed.has(refusal.file) && changed.size === changedBefore;
  if (!wasKnown) emitReadFailed(state, run, refusal);
  return refusal;
}

/** Without room, the next failed read sends the notice. */
function emitReadFailed(
  { context, storages }: FileState,
  { torrent, position, lengthBytes }: BlockRun,
  refusal: StorageRefusal,
): void {
  if (context.noticeCredits > 0) {
    context.emit("read-failed", { torrent, position, lengthBytes, ...refusal });
  } else if (refusal.file !== undefined) {
    storages.get(torrent)?.identities.changed.delete(refusal.file);
  }
}

/**
 * A scatter read per file.
 *
 * @returns Undefined when every byte is in place. A refusal leaves the extent in an unknown state:
 *   `out-of-range`, `unknown-slab`, `not-settled`, `file-changed` for a file that ends too early, or the refusal of its
 *   open or read.
 */
function readBlocks(
  state: FileState,
  storage: Storage,
  filling: Filling,
  run: BlockRun,
): StorageRefusal | undefined {
  const { position, lengthBytes } = run;
  if (!isRange(position, lengthBytes, storage.map.totalBytes)) {
    return {
      refused: "out-of-range",
      message: `cannot read ${lengthBytes} bytes at ${position}: the torrent has ${storage.map.totalBytes}`,
    };
  }
  if (storage.partFile?.mustSettle === true) return notSettled(storage);
  const blocks = blockViews(state.slabs, filling, run);
  if (isRefusal(blocks)) return blocks;
  const target = new ViewCursor(blocks);
  for (const span of storage.map.spans(position, lengthBytes)) {
    const isParted = storage.partFile?.parted.has(span.file) === true;
    const isWhole = span.lengthBytes === lengthBytes;
    const refusal = isParted
      ? readFromPartFile(state, storage, span, target)
      : readFromFile(state, storage, span, isWhole ? blocks : target.take(span.lengthBytes));
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function notSettled({ torrent }: Storage): StorageRefusal {
  return {
    refused: "not-settled",
    message: `cannot read torrent ${torrent}: what lies in its part file is still to be moved`,
  };
}

/** Each piece has its own entry. */
function readFromPartFile(
  state: FileState,
  storage: Storage,
  span: FileSpan,
  target: ViewCursor,
): StorageRefusal | undefined {
  for (const section of storage.map.pieceSpans(span)) {
    const refusal = readEntry(state, storage, section, target.take(section.lengthBytes));
    if (refusal !== undefined) return refusal;
  }
  return undefined;
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

function readFromFile(
  { disk, files }: FileState,
  storage: Storage,
  { file, fileOffset, lengthBytes }: FileSpan,
  views: readonly Uint8Array[],
): StorageRefusal | undefined {
  if (fileOf(storage, file).isPadding === true) {
    for (const view of views) view.fill(0);
    return undefined;
  }
  const open = files.forReading(storage, file);
  if (isRefusal(open)) return { ...open, file };
  try {
    const gotBytes = disk.read(open.descriptor, views, fileOffset);
    if (gotBytes === lengthBytes) return undefined;
    storage.identities.changed.add(file);
    const endBytes = fileOffset + gotBytes;
    const known = storage.knownBytes[file] ?? -1;
    return changedRefusal(file, open.path, `it has ${endBytes} bytes and had ${known} before`);
  } catch (error) {
    return {
      ...refusalFrom(error, `read ${lengthBytes} bytes at ${fileOffset} of`, open.path),
      file,
    };
  }
}

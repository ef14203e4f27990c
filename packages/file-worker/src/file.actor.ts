// The file server: one thread a device that alone writes to the files of torrents, and reads them for peers.

import type { Actor, Context } from "@troupe/actor-runtime";
import { torrentOf } from "@troupe/messages";
import type {
  FileProtocol,
  ReadBlocks,
  StorageRefusal,
  TorrentId,
  WritePiece,
} from "@troupe/messages";
import { stampedDisk } from "./files/disk-stamp.ts";
import { readBlocks } from "./pieces/read-blocks.ts";
import { prepareStorage } from "./prepare-storage.ts";
import { isRefusal } from "./refusals.ts";
import { describePartFile, settlePartFile } from "./files/settle-part-file.ts";
import { forgetIdentity } from "./files/file-identity.ts";
import { moveData, settleMove } from "./move/move-data.ts";
import { removeData } from "./remove-data.ts";
import { isRange } from "./slabs.ts";
import { closeStorage, completeStorage, makeState, openStorage } from "./storage-lifecycle.ts";
import { removeRecord, saveJob } from "./state/jobs.ts";
import type { FileState } from "./storage-lifecycle.ts";
import { acceptingStorage, lookAtFile } from "./storage.ts";

/** Settings of one incarnation of the file-worker. */
export interface FileWorkerOptions {
  /** Files open at once, over all torrents; 1 or more. Default 64. */
  readonly maxOpenFiles?: number;
  /** `diskStampBytes` of shared memory, zeroed and fresh for this incarnation: see files/disk-stamp.ts. */
  readonly stamp: SharedArrayBuffer;
}

/**
 * The file server. Every disk call is synchronous and goes through the context. What the disk refuses
 * is a refusal or a `piece-not-written`; only a bug ends the incarnation.
 */
export const fileActor: Actor<FileProtocol, FileWorkerOptions, FileState> = {
  name: "file",
  start: startFileWorker,
  stop: stopFileWorker,
  subjectOf: torrentOf,
  handlers: {
    "open-slab": (state, { slab, memory }) => state.slabs.open(slab, memory),
    "close-slab": (state, { slab }) => state.slabs.close(slab),
    "limit-files": (state, { maxOpenFiles }) => state.files.limitTo(maxOpenFiles),
    "open-storage": openStorage,
    "complete-storage": (state, { torrent }) => completeStorage(state, torrent),
    "close-storage": closeStorage,
    "settle-part-file": settlePartFile,
    "describe-part-file": describePartFile,
    "save-job": saveJob,
    "remove-record": removeRecord,
    "accept-file": acceptFile,
    "remove-data": removeData,
    "move-data": moveData,
    "settle-move": settleMove,
    "prepare-storage": prepareStorage,
    "write-piece": writePiece,
    "read-blocks": readForPeer,
  },
  linked: ({ recordsClient }, role) => {
    if (role === "records") recordsClient.linked();
  },
};

function startFileWorker(context: Context<FileProtocol>, options: FileWorkerOptions): FileState {
  const { maxOpenFiles = 64, stamp } = options;
  const disk = stampedDisk(context.disk, stamp);
  return makeState(context, disk, maxOpenFiles);
}

/** Writes what waits and closes the files; it syncs nothing, which `close-storage` is for. */
async function stopFileWorker(state: FileState): Promise<void> {
  state.journals.close();
  await state.writes.writeAll();
  for (const storage of state.storages.values()) state.files.closeStorage(storage);
  state.storages.clear();
  await state.filesAhead.close();
}

function writePiece(state: FileState, message: WritePiece): void {
  const refusal = queuePiece(state, message);
  if (refusal === undefined) return;
  const { torrent, piece } = message;
  state.context.emit("piece-not-written", { torrent, piece, ...refusal });
}

function queuePiece(
  state: FileState,
  { torrent, piece, slab, offset, lengthBytes }: WritePiece,
): StorageRefusal | undefined {
  const storage = acceptingStorage(state, torrent);
  if (isRefusal(storage)) return storage;
  const { totalBytes } = storage.map;
  const position = piece * storage.pieceLengthBytes;
  const dueBytes = Math.min(storage.pieceLengthBytes, totalBytes - position);
  if (!isRange(position, lengthBytes, totalBytes) || lengthBytes !== dueBytes) {
    return {
      refused: "out-of-range",
      message: `cannot write ${lengthBytes} bytes as piece ${piece}: it starts at ${position} and ends at ${position + dueBytes} of ${totalBytes}`,
    };
  }
  const bytes = state.slabs.view(slab, offset, lengthBytes);
  if (isRefusal(bytes)) return bytes;
  state.writes.add(storage, piece, bytes);
  return undefined;
}

function readForPeer(state: FileState, request: ReadBlocks): {} | StorageRefusal {
  const storage = acceptingStorage(state, request.torrent);
  if (isRefusal(storage)) return storage;
  const { changed } = storage.identities;
  const changedBefore = changed.size;
  const answer = readBlocks(state.disk, state.files, state.slabs, storage, request);
  if (!isRefusal(answer) || answer.file === undefined) return answer;
  // A read that fails ends there: it adds the file it failed at to those that changed, or none.
  const wasKnown = changed.has(answer.file) && changed.size === changedBefore;
  if (!wasKnown) emitReadFailed(state, request, answer);
  return answer;
}

/** Without room for the notice the next read that fails says it. */
function emitReadFailed(
  { context, storages }: FileState,
  { torrent, position, lengthBytes }: ReadBlocks,
  refusal: StorageRefusal,
): void {
  if (context.noticeCredits > 0) {
    context.emit("read-failed", { torrent, position, lengthBytes, ...refusal });
  } else if (refusal.file !== undefined) {
    storages.get(torrent)?.identities.changed.delete(refusal.file);
  }
}

/** What was known of a file is forgotten, and what is there is taken as it is: it has been, or will be, hashed. */
function acceptFile(
  state: FileState,
  { torrent, file }: { readonly torrent: TorrentId; readonly file: number },
): {} | StorageRefusal {
  const storage = acceptingStorage(state, torrent);
  if (isRefusal(storage)) return storage;
  state.files.closeFile(storage, file);
  forgetIdentity(storage, file);
  return lookAtFile(state.disk, storage, file) ?? {};
}

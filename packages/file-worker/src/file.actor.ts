import type { Actor, Context } from "@troupe/actor-runtime";
import { torrentOf, type FileAccess, type FileProtocol } from "@troupe/messages";
import { accessDisk } from "./files/new-file-access.ts";
import { stampedCalls, stampedDisk, timesOfStamp } from "./files/disk-stamp.ts";
import { timedDisk } from "./files/disk-times.ts";
import { queuePieces } from "./pieces/queue-piece.ts";
import { readForPeers } from "./pieces/read-blocks.ts";
import { prepareStorage } from "./prepare-storage.ts";
import { renameFiles } from "./files/rename-files.ts";
import { describePartFile, settlePartFile } from "./files/settle-part-file.ts";
import { moveData, settleMove } from "./move/move-data.ts";
import { removeData } from "./remove-data.ts";
import {
  acceptFile,
  closeStorage,
  completeStorage,
  makeState,
  openStorage,
} from "./storage-lifecycle.ts";
import { removeRecord, saveJob } from "./state/jobs.ts";
import { saveJobTorrent } from "./state/save-torrent.ts";
import { checkPieces } from "./store/check-pieces.ts";
import type { FileState } from "./storage-lifecycle.ts";

/** Settings of an incarnation. */
export interface FileWorkerOptions {
  /** Over all torrents; 1 or more. Default 64. */
  readonly maxOpenFiles?: number;
  /** `diskStampBytes`, zeroed and fresh for this incarnation: see files/disk-stamp.ts. */
  readonly stamp: SharedArrayBuffer;
  /** Permissions of new files and folders. */
  readonly access?: FileAccess;
}

/**
 * The file server: a thread for each device that alone writes to the files of torrents. Every disk call is synchronous.
 * A failed disk call is a refusal or a `piece-not-written`; only a bug ends the incarnation.
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
    "complete-storage": completeStorage,
    "close-storage": closeStorage,
    "settle-part-file": settlePartFile,
    "describe-part-file": describePartFile,
    "save-job": saveJob,
    "remove-record": removeRecord,
    "save-torrent": saveJobTorrent,
    "accept-file": acceptFile,
    "remove-data": removeData,
    "rename-files": renameFiles,
    "move-data": moveData,
    "settle-move": settleMove,
    "prepare-storage": prepareStorage,
    "write-pieces": queuePieces,
    "check-pieces": checkPieces,
    "read-blocks": readForPeers,
  },
  linked: ({ recordsClient }, role) => {
    if (role === "records") recordsClient.linked();
  },
};

function startFileWorker(context: Context<FileProtocol>, options: FileWorkerOptions): FileState {
  const { access, maxOpenFiles = 64, stamp } = options;
  const diskTimes = timesOfStamp(stamp);
  const timed = timedDisk(stampedDisk(context.disk, stamp), diskTimes, context.clock);
  const disk = accessDisk(timed, access);
  const stampCall = stampedCalls(stamp);
  return makeState(context, disk, { maxOpenFiles, access, diskTimes, stampCall });
}

/** Writes the queue and closes the files, without a sync, which is for `close-storage`. */
async function stopFileWorker(state: FileState): Promise<void> {
  state.journals.close();
  state.filesAhead.close();
  await state.writes.writeAll();
  for (const { store } of state.storages.values()) {
    const closed = store.close();
    // The actor ends: no other work goes on. oxlint-disable-next-line no-await-in-loop
    if (closed instanceof Promise) await closed;
  }
  state.storages.clear();
}

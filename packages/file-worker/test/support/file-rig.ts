// A file actor without a host: its handlers called directly, its timers and notices in the test's hands.

import type { Context, Disk, Sender } from "@troupe/actor-runtime";
import { ManualTime, sha1 } from "@troupe/actor-runtime/testing";
import { zeroCounters, packFiles } from "@troupe/messages";
import type {
  CloseStorage,
  FileProtocol,
  ReadBlocks,
  JobFacts,
  OpenStorage,
  PartFileSettled,
  SlabId,
  DataRemoved,
  MoveData,
  RecordsProtocol,
  MoveSettled,
  RecordHome,
  SettleMove,
  RemoveData,
  StorageOpened,
  StoragePrepared,
  StorageRefusal,
  StoredFile,
  StoredJob,
  TorrentId,
  WritePiece,
} from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol";
import { bitsOf } from "@troupe/protocol/testing";
import { diskStampBytes } from "../../src/files/disk-stamp.ts";
import { fileActor, type FileWorkerOptions } from "../../src/file.actor.ts";
import { recordsActor } from "../../src/records/records.actor.ts";
import type { FileState } from "../../src/storage-lifecycle.ts";

const owner: Sender = { name: "engine", epoch: 1 };
export const torrent = 1 as TorrentId;
export const slab = 1 as SlabId;

export type EmittedNotice =
  | { readonly written: number }
  | { readonly name: string; readonly refused: string | undefined }
  | { readonly notWritten: number; readonly refused: string; readonly path: string | undefined };

export interface FileRig {
  readonly state: FileState;
  /** Everything announced so far. */
  readonly notices: EmittedNotice[];
  /** Reads that were announced to have failed. */
  readonly readFailures: {
    readonly refused: string | undefined;
    readonly file: number | undefined;
  }[];
  /** The records, which share the disk and never hang; or who else is to answer for them. */
  records: RecordsAnswer;
  /** Memory of the slab `slab`. */
  readonly memory: Uint8Array;
  readonly time: ManualTime;
  noticeCredits: number;
  /** What the engine knows of the job: pieces had, doubted and unsampled as `#.#`, when they are told. */
  saveJob(
    had?: string,
    facts?: Partial<JobFacts>,
    also?: { readonly doubted?: string; readonly unsampled?: string },
  ): void;
  /** Pieces that were had are not there any more. */
  lose(...pieces: number[]): void;
  /** Turns until nothing is due. */
  settle(): void;
  giveNoticeRoom(credits: number): void;
  open(options: OpenOptions): Promise<StorageOpened | StorageRefusal>;
  complete(): Promise<{} | StorageRefusal>;
  prepare(allocation: "sparse" | "full"): Promise<StoragePrepared | StorageRefusal>;
  remove(
    message: Pick<RemoveData, "root" | "partFile"> & GivenFiles,
  ): Promise<DataRemoved | StorageRefusal>;
  move(
    message: Pick<MoveData, "root" | "partFile" | "to"> &
      Partial<Pick<MoveData, "home">> &
      GivenFiles,
  ): Promise<MoveSettled | StorageRefusal>;
  settleMove(
    message: Pick<SettleMove, "root" | "partFile"> & Partial<Pick<MoveData, "home">> & GivenFiles,
  ): Promise<MoveSettled | StorageRefusal>;
  acceptFile(file: number): Promise<{} | StorageRefusal>;
  settlePartFile(...unwanted: number[]): Promise<PartFileSettled | StorageRefusal>;
  close(options?: Omit<CloseStorage, "torrent">): Promise<{} | StorageRefusal>;
  write(message: Partial<Omit<WritePiece, "piece">> & { readonly piece: number }): void;
  readBlocks(message: Partial<ReadBlocks>): {} | StorageRefusal;
  /** Runs a call to its end, turn by turn. */
  finish<Reply>(reply: Reply | Promise<Reply>): Promise<Reply>;
  stop(): Promise<void>;
}

/** Answers a call to the records. */
export type RecordsAnswer = (name: keyof RecordsProtocol, message: unknown) => unknown;

interface GivenFiles {
  readonly files: readonly StoredFile[];
}

export interface OpenOptions {
  readonly root?: string;
  /** Lengths by path, `folder/file`; or files. */
  readonly files: Readonly<Record<string, number>> | readonly StoredFile[];
  readonly pieceLengthBytes: number;
  readonly torrent?: TorrentId;
  /** Places of files that nobody wants; then there is a part file `/data/.parts`. */
  readonly unwanted?: readonly number[];
  readonly isToSettle?: boolean;
  readonly job?: StoredJob;
}

export function startRig(
  disk: Disk,
  { slabBytes = 1 << 20, ...given }: Partial<FileWorkerOptions> & { slabBytes?: number } = {},
  time = new ManualTime(),
): FileRig {
  const options = { stamp: new SharedArrayBuffer(diskStampBytes), ...given };
  const notices: EmittedNotice[] = [];
  let roomListener: (() => void) | undefined;
  const memory = new SharedArrayBuffer(slabBytes);
  const context = {
    self: { name: "file", epoch: 1 },
    disk,
    sha1,
    clock: time,
    timers: time,
    random: { next: () => 0, integer: () => 0, bytes: (length: number) => new Uint8Array(length) },
    log() {},
    fail(error: unknown) {
      throw error;
    },
    emit(name: string, message: { piece: number } & Partial<StorageRefusal>) {
      rig.noticeCredits -= 1;
      if (name === "read-failed") {
        rig.readFailures.push({ refused: message.refused, file: message.file });
        return;
      }
      const { piece, refused, path } = message;
      if (!name.startsWith("piece-")) {
        notices.push({ name, refused });
        return;
      }
      notices.push(
        refused === undefined ? { written: piece } : { notWritten: piece, refused, path },
      );
    },
    get noticeCredits() {
      return rig.noticeCredits;
    },
    whenNoticeRoom(listener: () => void) {
      roomListener = listener;
    },
    breadcrumb: new Int32Array(8),
    ref: () => ({
      peer: { name: "records", epoch: 1 },
      call: async (name: keyof RecordsProtocol, message: unknown) => rig.records(name, message),
    }),
  } as unknown as Context<FileProtocol>;
  const { handlers } = fileActor;

  const rig: FileRig = {
    state: undefined as unknown as FileState,
    notices,
    readFailures: [],
    records: recordsOn(disk),
    memory: new Uint8Array(memory),
    time,
    noticeCredits: Infinity,
    saveJob(had, facts = {}, { doubted = "", unsampled } = {}) {
      const message = {
        torrent,
        facts: { ...someFacts, ...facts },
        ...(had !== undefined && { had: bitsOf(had) }),
        ...(unsampled !== undefined && { unsampled: bitsOf(unsampled) }),
        doubted: Array.from(doubted).flatMap((mark, piece) =>
          mark === "#" ? [piece as PieceIndex] : [],
        ),
      };
      handlers["save-job"](rig.state, message, owner);
    },
    lose(...pieces) {
      const lost = pieces as PieceIndex[];
      handlers["save-job"](rig.state, { torrent, facts: someFacts, lost }, owner);
    },
    settle() {
      while (time.endTurn());
    },
    giveNoticeRoom(credits) {
      rig.noticeCredits = credits;
      const listener = roomListener;
      roomListener = undefined;
      listener?.();
    },
    open({ root = "/data", files, torrent: id = torrent, job, unwanted, ...options }) {
      const stored = isList(files) ? files : storedFiles(files);
      const totalBytes = stored.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
      const message: OpenStorage = {
        torrent: id,
        root,
        files: packFiles(stored),
        totalBytes,
        ...options,
        ...(unwanted !== undefined && { unwanted, partFile: ".parts" }),
        ...(job !== undefined && { job }),
      };
      return rig.finish(handlers["open-storage"](rig.state, message, owner));
    },
    complete: () => rig.finish(handlers["complete-storage"](rig.state, { torrent }, owner)),
    prepare: (allocation) =>
      rig.finish(handlers["prepare-storage"](rig.state, { torrent, allocation }, owner)),
    move(message) {
      const totalBytes = message.files.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
      const files = packFiles(message.files);
      const whole = { torrent, pieceLengthBytes: 1, totalBytes, ...inMemory, ...message, files };
      return rig.finish(handlers["move-data"](rig.state, whole, owner));
    },
    settleMove(message) {
      const totalBytes = message.files.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
      const files = packFiles(message.files);
      const whole = { torrent, pieceLengthBytes: 1, totalBytes, ...inMemory, ...message, files };
      return rig.finish(handlers["settle-move"](rig.state, whole, owner));
    },
    remove(message) {
      const totalBytes = message.files.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
      const files = packFiles(message.files);
      const whole = { torrent, pieceLengthBytes: 1, totalBytes, ...message, files };
      return rig.finish(handlers["remove-data"](rig.state, whole, owner));
    },
    acceptFile: (file) => rig.finish(handlers["accept-file"](rig.state, { torrent, file }, owner)),
    settlePartFile: (...unwanted) =>
      rig.finish(handlers["settle-part-file"](rig.state, { torrent, unwanted }, owner)),
    close: (closing = {}) =>
      rig.finish(handlers["close-storage"](rig.state, { torrent, ...closing }, owner)),
    write({ piece, ...rest }) {
      const message = { torrent, slab, offset: 0, lengthBytes: 0, ...rest };
      handlers["write-piece"](rig.state, { ...message, piece: piece as PieceIndex }, owner);
    },
    readBlocks(message) {
      const whole = { torrent, slab, position: 0, offset: 0, gapBytes: 0, ...message };
      const lengthBytes = message.lengthBytes ?? 1;
      const request = { blockBytes: lengthBytes, ...whole, lengthBytes };
      return handlers["read-blocks"](rig.state, request, owner);
    },
    async finish(reply) {
      let isSettled = false;
      const settled = Promise.resolve(reply).finally(() => (isSettled = true));
      for (let quiet = 0; !isSettled && quiet < 20; quiet += 1) {
        await Promise.resolve();
        if (time.endTurn()) quiet = 0;
      }
      return settled;
    },
    async stop() {
      await fileActor.stop(rig.state);
    },
  };
  Object.assign(rig, { state: fileActor.start(context, options) });
  handlers["open-slab"](rig.state, { slab, memory }, owner);
  return rig;
}

/** The actor `records` over a disk, without a host. */
export function recordsOn(disk: Disk): RecordsAnswer {
  const context = { disk, sha1 } as unknown as Context<RecordsProtocol>;
  const stamp = new SharedArrayBuffer(diskStampBytes);
  const state = recordsActor.start(context, { stamp });
  const handlers = recordsActor.handlers as Readonly<
    Record<string, (...call: readonly unknown[]) => unknown>
  >;
  return (name, message) => handlers[name]?.(state, message, owner);
}
/** The job that is moved, its record in memory. */
const inMemory = { infoHash: "a".repeat(40), home: { kind: "memory" } as RecordHome };

/** What an engine says of a job that has moved nothing yet. */
export const someFacts: JobFacts = {
  settings: {
    extraTrackers: [],
    useTrackers: true,
    maxPeers: 50,
    isSeedOnly: false,
    isSequential: false,
  },
  isStarted: true,
  counters: zeroCounters,
  peers: [],
};

export function storedFiles(lengths: Readonly<Record<string, number>>): StoredFile[] {
  return Object.entries(lengths).map(([path, lengthBytes]) => ({
    path: path.split("/"),
    lengthBytes,
  }));
}

function isList(files: OpenOptions["files"]): files is readonly StoredFile[] {
  return Array.isArray(files);
}

/** Bytes that differ everywhere: 0, 1, 2 … modulo 251. */
export function pattern(lengthBytes: number, start = 0): Uint8Array {
  return Uint8Array.from({ length: lengthBytes }, (_, index) => (start + index) % 251);
}

// A file actor without a host: its handlers called directly, its timers and notices in the test's hands.

import { hash } from "node:crypto";
import type { Context, Disk, Sender } from "@troupe/actor-runtime";
import type {
  CloseStorage,
  FileProtocol,
  FillSlot,
  OpenStorage,
  PiecesSettled,
  SlabId,
  StorageClosed,
  StorageOpened,
  StorageRefusal,
  StoredFile,
  TorrentId,
  WritePiece,
} from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol";
import { diskStampBytes } from "../../src/disk-stamp.ts";
import { fileActor } from "../../src/file.actor.ts";
import type { FileWorkerOptions } from "../../src/file.actor.ts";
import type { FileState } from "../../src/storage-life.ts";

const owner: Sender = { name: "engine", epoch: 1 };
export const torrent = 1 as TorrentId;
export const slab = 1 as SlabId;

export type Announced =
  | { readonly written: number }
  | { readonly notWritten: number; readonly refused: string; readonly path: string | undefined };

export interface FileRig {
  readonly state: FileState;
  /** Everything announced so far. */
  readonly notices: Announced[];
  /** Memory of the slab `slab`. */
  readonly memory: Uint8Array;
  nowMs: number;
  noticeCredits: number;
  /** One turn of the event loop; false when nothing was due. */
  turn(): boolean;
  /** Turns until nothing is due. */
  settle(): void;
  giveNoticeRoom(credits: number): void;
  open(options: OpenOptions): Promise<StorageOpened | StorageRefusal>;
  complete(): Promise<{} | StorageRefusal>;
  settleParts(...unwanted: number[]): Promise<PiecesSettled | StorageRefusal>;
  close(options?: Omit<CloseStorage, "torrent">): Promise<StorageClosed | StorageRefusal>;
  write(message: Partial<Omit<WritePiece, "piece">> & { readonly piece: number }): void;
  fill(message: Partial<FillSlot>): {} | StorageRefusal;
  /** Runs a call to its end, turn by turn. */
  finish<Reply>(reply: Reply | Promise<Reply>): Promise<Reply>;
  stop(): void;
}

export interface OpenOptions {
  readonly root?: string;
  /** Lengths by path, `folder/file`; or files. */
  readonly files: Readonly<Record<string, number>> | readonly StoredFile[];
  readonly pieceLengthBytes: number;
  readonly torrent?: TorrentId;
  readonly mark?: string;
  /** Places of files that nobody wants; then there is a part file `/data/.parts`. */
  readonly unwanted?: readonly number[];
}

export function startRig(
  disk: Disk,
  { slabBytes = 1 << 20, ...given }: Partial<FileWorkerOptions> & { slabBytes?: number } = {},
): FileRig {
  const options = { stamp: new SharedArrayBuffer(diskStampBytes), ...given };
  const due: (() => void)[] = [];
  const notices: Announced[] = [];
  let roomListener: (() => void) | undefined;
  const memory = new SharedArrayBuffer(slabBytes);
  const later = () => ({ cancel() {} });
  const context = {
    self: { name: "file", epoch: 1 },
    disk,
    sha1,
    clock: { nowMs: () => rig.nowMs, epochMs: () => rig.nowMs },
    timers: { after: later, every: later, soon: (task: () => void) => void due.push(task) },
    announce(_name: string, message: { piece: number } & Partial<StorageRefusal>) {
      rig.noticeCredits -= 1;
      const { piece, refused, path } = message;
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
    input: new Int32Array(8),
  } as unknown as Context<FileProtocol>;
  const { handlers } = fileActor;

  const rig: FileRig = {
    state: undefined as unknown as FileState,
    notices,
    memory: new Uint8Array(memory),
    nowMs: 0,
    noticeCredits: Infinity,
    turn() {
      const now = due.splice(0);
      for (const task of now) task();
      return now.length > 0;
    },
    settle() {
      while (rig.turn());
    },
    giveNoticeRoom(credits) {
      rig.noticeCredits = credits;
      const listener = roomListener;
      roomListener = undefined;
      listener?.();
    },
    open({ root = "/data", files, pieceLengthBytes, torrent: id = torrent, mark, unwanted }) {
      const stored = isList(files) ? files : storedFiles(files);
      const totalBytes = stored.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
      const message: OpenStorage = {
        torrent: id,
        root,
        files: stored,
        pieceLengthBytes,
        totalBytes,
        ...(mark !== undefined && { mark }),
        ...(unwanted !== undefined && { unwanted, partFile: ".parts" }),
      };
      return rig.finish(handlers["open-storage"](rig.state, message, owner));
    },
    complete: () => rig.finish(handlers["complete-storage"](rig.state, { torrent }, owner)),
    settleParts: (...unwanted) =>
      rig.finish(handlers["settle-parts"](rig.state, { torrent, unwanted }, owner)),
    close: (closing = {}) =>
      rig.finish(handlers["close-storage"](rig.state, { torrent, ...closing }, owner)),
    write({ piece, ...rest }) {
      const message = { torrent, slab, offset: 0, lengthBytes: 0, ...rest };
      handlers["write-piece"](rig.state, { ...message, piece: piece as PieceIndex }, owner);
    },
    fill(message) {
      const whole = { torrent, slab, position: 0, offset: 0, gapBytes: 0, ...message };
      const lengthBytes = message.lengthBytes ?? 1;
      const request = { partBytes: lengthBytes, ...whole, lengthBytes };
      return handlers["fill-slot"](rig.state, request, owner);
    },
    async finish(reply) {
      let isSettled = false;
      const settled = Promise.resolve(reply).finally(() => (isSettled = true));
      for (let quiet = 0; !isSettled && quiet < 20; quiet += 1) {
        await Promise.resolve();
        if (rig.turn()) quiet = 0;
      }
      return settled;
    },
    stop() {
      void fileActor.stop(rig.state);
    },
  };
  Object.assign(rig, { state: fileActor.start(context, options) });
  handlers["open-slab"](rig.state, { slab, memory }, owner);
  return rig;
}

function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  return hash("sha1", Buffer.concat(parts), "buffer");
}

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

// A file actor without a host: its handlers called directly, its timers and notices in the test's hands.

import type { Context, Disk, Sender } from "@troupe/actor-runtime";
import { ManualTime, sha1 } from "@troupe/actor-runtime/testing";
import { zeroCounters, packFiles, pushRun } from "@troupe/messages";
import type {
  BlockRun,
  BlocksRead,
  CheckPieces,
  CloseStorage,
  CompleteStorage,
  Symlink,
  FileProtocol,
  ReadBlocks,
  JobFacts,
  OpenStorage,
  SlabId,
  MoveData,
  NamedStore,
  PlacedFile,
  RecordsProtocol,
  RecordHome,
  SettleMove,
  RemoveData,
  StorageRefusal,
  StoredFile,
  StoredJob,
  TorrentId,
  WritePiece,
} from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import { bitsOf } from "@troupe/protocol/testing";
import type { TorrentKey } from "@troupe/protocol/identity";
import { diskStampBytes } from "../../src/files/disk-stamp.ts";
import { fileActor, type FileWorkerOptions } from "../../src/file.actor.ts";
import { recordsActor } from "../../src/records/records.actor.ts";
import type { FileState } from "../../src/storage-lifecycle.ts";
import { MemoryDisk } from "./memory-disk.ts";

const { handlers } = fileActor;
const owner: Sender = { name: "engine", epoch: 1 };
export const torrent = 1 as TorrentId;
export const slab = 1 as SlabId;

export type EmittedNotice =
  | { readonly written: number }
  | { readonly name: string; readonly refused: string | undefined }
  | {
      readonly notWritten: number;
      readonly refused: string | undefined;
      readonly path: string | undefined;
    };

/** Answers a call to the records. */
export type RecordsAnswer = (name: keyof RecordsProtocol, message: unknown) => unknown;

/** Files of a closed torrent. */
type ClosedFiles = Pick<
  RemoveData,
  "isShared" | "job" | "links" | "symlinks" | "ownsEmptyFiles" | "partFile" | "partSuffix" | "root"
> & {
  readonly files: readonly StoredFile[];
};
type MovedFiles = ClosedFiles & Partial<Pick<SettleMove, "home">>;

export interface OpenOptions {
  readonly root?: string;
  /** Lengths by path, `folder/file`; or files. */
  readonly files: Readonly<Record<string, number>> | readonly StoredFile[];
  readonly pieceLengthBytes: number;
  readonly torrent?: TorrentId;
  /** Places of unwanted files; with any there is a part file `/data/.parts`. */
  readonly unwanted?: readonly number[];
  readonly isToSettle?: boolean;
  readonly mayWrite?: boolean;
  readonly isShared?: boolean;
  readonly partSuffix?: string;
  readonly symlinks?: readonly Symlink[];
  readonly links?: readonly string[];
  readonly job?: StoredJob;
  readonly store?: NamedStore;
}

type RigOptions = Partial<FileWorkerOptions> & { readonly slabBytes?: number };

export function startRig(disk: Disk, options?: RigOptions, time?: ManualTime): FileRig {
  return new FileRig(disk, options, time);
}

export class FileRig {
  readonly state: FileState;
  /** Everything announced so far. */
  readonly notices: EmittedNotice[] = [];
  /** Files that were announced to have got their names. */
  readonly finished: PlacedFile[] = [];
  /** Reads that were announced to have failed. */
  readonly readFailures: Record<"refused" | "file", unknown>[] = [];
  /** The records, which share the disk and never hang; or who else is to answer for them. */
  records: RecordsAnswer;
  /** Memory of the slab `slab`. */
  readonly memory: Uint8Array;
  readonly time: ManualTime;
  /** Default exports of modules, by their URLs. */
  readonly modules = new Map<string, unknown>();
  noticeCredits = Infinity;
  #roomListener: (() => void) | undefined;
  readonly #trees = new Set<MemoryDisk["makerTree"]>();

  constructor(disk: Disk, options: RigOptions = {}, time = new ManualTime()) {
    const { slabBytes = 1 << 20, ...given } = options;
    this.time = time;
    this.records = recordsOn(disk);
    const stamp = new SharedArrayBuffer(diskStampBytes);
    this.state = fileActor.start(this.#context(disk), { stamp, ...given }) as FileState;
    const memory = new SharedArrayBuffer(slabBytes);
    this.memory = new Uint8Array(memory);
    handlers["open-slab"](this.state, { slab, memory }, owner);
  }

  /** The engine tells pieces had, doubted and unsampled as `#.#`, if at all. */
  saveJob(
    had?: string,
    facts: Partial<JobFacts> = {},
    { doubted = "", unsampled }: { readonly doubted?: string; readonly unsampled?: string } = {},
  ): void {
    const message = {
      torrent,
      facts: { ...someFacts, ...facts },
      ...(had !== undefined && { had: bitsOf(had) }),
      ...(unsampled !== undefined && { unsampled: bitsOf(unsampled) }),
      doubted: Array.from(doubted).flatMap((mark, piece) =>
        mark === "#" ? [piece as PieceIndex] : [],
      ),
    };
    handlers["save-job"](this.state, message, owner);
  }

  /** Pieces that were had are not there any more. */
  lose(...pieces: number[]): void {
    const lost = pieces as PieceIndex[];
    handlers["save-job"](this.state, { torrent, facts: someFacts, lost }, owner);
  }

  /** Turns until nothing is due. */
  settle(): void {
    while (this.time.endTurn());
  }

  giveNoticeRoom(credits: number): void {
    this.noticeCredits = credits;
    const listener = this.#roomListener;
    this.#roomListener = undefined;
    listener?.();
  }

  open({ root = "/data", files, torrent: id = torrent, job, unwanted, ...options }: OpenOptions) {
    const stored = isList(files) ? files : storedFiles(files);
    const message: OpenStorage = {
      torrent: id,
      root,
      ...packed(stored),
      ...options,
      ...(unwanted !== undefined && { unwanted, partFile: ".parts" }),
      ...(job !== undefined && { job }),
    };
    return this.finish(handlers["open-storage"](this.state, message, owner));
  }

  complete(
    makesEmptyFiles = true,
    attributes: Pick<CompleteStorage, "executables" | "makesSymlinks"> = {},
  ) {
    const message = { torrent, makesEmptyFiles, ...attributes };
    return this.finish(handlers["complete-storage"](this.state, message, owner));
  }

  prepare(allocation: "sparse" | "full") {
    return this.finish(handlers["prepare-storage"](this.state, { torrent, allocation }, owner));
  }

  move(message: MovedFiles & Pick<MoveData, "to">) {
    const whole = { ...inMemory, ...message, ...packed(message.files) };
    return this.finish(handlers["move-data"](this.state, whole, owner));
  }

  settleMove(message: MovedFiles) {
    const whole = { ...inMemory, ...message, ...packed(message.files) };
    return this.finish(handlers["settle-move"](this.state, whole, owner));
  }

  remove(message: ClosedFiles) {
    const whole = { torrent, pieceLengthBytes: 1, ...message, ...packed(message.files) };
    return this.finish(handlers["remove-data"](this.state, whole, owner));
  }

  /** Gives files new paths, by their indexes. */
  rename(paths: Readonly<Record<number, string>>, facts: Partial<JobFacts> = {}) {
    const places = Object.entries(paths).map(([file, path]) => ({ file: Number(file), path }));
    const message = { torrent, places, facts: { ...someFacts, ...facts } };
    return this.finish(handlers["rename-files"](this.state, message, owner));
  }

  acceptFile(file: number) {
    return this.finish(handlers["accept-file"](this.state, { torrent, file }, owner));
  }

  settlePartFile(...unwanted: number[]) {
    return this.finish(handlers["settle-part-file"](this.state, { torrent, unwanted }, owner));
  }

  close(closing: Omit<CloseStorage, "torrent"> = {}) {
    return this.finish(handlers["close-storage"](this.state, { torrent, ...closing }, owner));
  }

  write({ piece, ...rest }: Partial<Omit<WritePiece, "piece">> & { readonly piece: number }): void {
    const { offset, lengthBytes, ...message } = {
      torrent,
      slab,
      offset: 0,
      lengthBytes: 0,
      ...rest,
    };
    const places = [piece, offset, lengthBytes];
    handlers["write-pieces"](this.state, { ...message, places }, owner);
  }

  /** Reads a run. @returns Its refusal, if it is refused. */
  readBlocks({
    gapBytes = 0,
    lengthBytes = 1,
    blockBytes = lengthBytes,
    slab: into = slab,
    ...place
  }: Partial<BlockRun & Omit<ReadBlocks, "runs">>): {} | StorageRefusal {
    const runs: number[] = [];
    pushRun(runs, { torrent, position: 0, offset: 0, ...place, lengthBytes });
    const order = { slab: into, gapBytes, blockBytes, runs };
    const [refused] = this.readRuns(order).refused;
    if (refused === undefined) return {};
    const { run: _, ...refusal } = refused;
    return refusal;
  }

  /** Checks neighbouring pieces of a store. */
  checkPieces(message: Omit<CheckPieces, "torrent" | "algorithm" | "pieceLayer">) {
    const whole = { torrent, algorithm: "sha1", pieceLayer: 0, ...message } as const;
    return this.finish(handlers["check-pieces"](this.state, whole, owner));
  }

  readRuns(order: ReadBlocks): BlocksRead {
    return handlers["read-blocks"](this.state, order, owner) as BlocksRead;
  }

  /** Reads from a store that answers late. */
  async readLate(order: ReadBlocks): Promise<BlocksRead> {
    return await handlers["read-blocks"](this.state, order, owner);
  }

  /** Runs a call to its end, turn by turn. */
  async finish<Reply>(reply: Reply | Promise<Reply>): Promise<Reply> {
    let isSettled = false;
    const settled = Promise.resolve(reply).finally(() => (isSettled = true));
    for (let quiet = 0; !isSettled && quiet < 20; quiet += 1) {
      await Promise.resolve();
      if (this.time.endTurn()) quiet = 0;
    }
    return settled;
  }

  async stop(): Promise<void> {
    await fileActor.stop(this.state);
    for (const tree of this.#trees) await tree.stopChild();
  }

  #context(disk: Disk): Context<FileProtocol> {
    const credits = (): number => this.noticeCredits;
    const context = {
      self: { name: "file", epoch: 1 },
      disk,
      sha1,
      clock: this.time,
      timers: this.time,
      random: { next: () => 0, integer: () => 0, bytes: (count: number) => new Uint8Array(count) },
      log() {},
      fail(error: unknown) {
        throw error;
      },
      emit: (name: string, message: { piece: number } & Partial<StorageRefusal>) =>
        this.#emit(name, message),
      get noticeCredits() {
        return credits();
      },
      whenNoticeRoom: (listener: () => void) => (this.#roomListener = listener),
      breadcrumb: new Int32Array(8),
      inModule: <Result>(_step: number, _subject: number, act: () => Result) => act(),
      loadModule: async (_step: number, _subject: number, url: string) => this.modules.get(url),
      supervise: async () => {
        if (!(disk instanceof MemoryDisk)) throw new Error("no file-maker on this disk");
        this.#trees.add(disk.makerTree);
        return disk.makerTree;
      },
      ref: () => ({
        peer: { name: "records", epoch: 1 },
        call: async (name: keyof RecordsProtocol, message: unknown) => this.records(name, message),
      }),
    };
    return context as unknown as Context<FileProtocol>;
  }

  #emit(
    name: string,
    {
      piece,
      pieces = [],
      finished = [],
      refused,
      path,
      file,
    }: {
      piece: number;
      pieces?: readonly number[];
      finished?: readonly PlacedFile[];
    } & Partial<StorageRefusal>,
  ): void {
    this.noticeCredits -= 1;
    this.finished.push(...finished);
    if (name === "pieces-written") for (const written of pieces) this.notices.push({ written });
    else if (name === "read-failed") this.readFailures.push({ refused, file });
    else if (name !== "piece-not-written") this.notices.push({ name, refused });
    else this.notices.push({ notWritten: piece, refused, path });
  }
}

/** A message's files and their total. */
function packed(files: readonly StoredFile[]) {
  const totalBytes = files.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  return { files: packFiles(files), totalBytes };
}

/** The time of {@link recordsOn}. */
export const recordsEpochMs = 1_800_000_000_000;

/** The actor `records` over a disk, without a host. */
export function recordsOn(disk: Disk): RecordsAnswer {
  const clock = { epochMs: () => recordsEpochMs };
  const context = { clock, disk, sha1 } as unknown as Context<RecordsProtocol>;
  const stamp = new SharedArrayBuffer(diskStampBytes);
  const state = recordsActor.start(context, { stamp });
  const handlers = recordsActor.handlers as Readonly<
    Record<string, (...call: readonly unknown[]) => unknown>
  >;
  return (name, message) => handlers[name]?.(state, message, owner);
}

/** The job that is moved, its record in memory. */
const inMemory = {
  torrent,
  pieceLengthBytes: 1,
  key: "a".repeat(40) as TorrentKey,
  home: { kind: "memory" } as RecordHome,
};

/** A job that has moved nothing yet, as an engine describes it. */
export const someFacts: JobFacts = {
  settings: { maxPeers: 50 },
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
  const bytes = new Uint8Array(lengthBytes);
  for (let index = 0; index < lengthBytes; index++) bytes[index] = (start + index) % 251;
  return bytes;
}

// A peer-worker with everything around it in the test's hands: time, sockets, the engine and the file-worker.

import { inOwnStep, type Context, type MessageOf } from "@troupe/actor-runtime";
import {
  type BlockRun,
  type EngineProtocol,
  type ExtensionModules,
  type FilterMemory,
  type FileProtocol,
  type LeaseId,
  type PeerProtocol,
  type PeerRow,
  type PeerRowIndex,
  packLeases,
  packPadding,
  PieceMap,
  shareBytes,
  type OpenContent,
  type OpenTrees,
  type PieceLease,
  type PiecesSealed,
  type LeasePieces,
  type SharedBytes,
  type SlabId,
  type StorageRefusal,
  type TorrentId,
  TorrentTable,
  type TorrentWeight,
  evenWeight,
} from "@troupe/messages";
import { ownIdentity } from "@troupe/protocol/client-identity";
import { ownReservedBits } from "@troupe/protocol/peer";
import { type InfoHash, type PieceIndex, parseInfoHash } from "@troupe/protocol/units";
import { ManualTime, RecordingRef, seededRandom } from "@troupe/actor-runtime/testing";
import { bitsOf } from "@troupe/protocol/testing";

import { type PeerState, peerActor } from "../../src/peer.actor.ts";
import type { PeerWorker } from "../../src/peer-worker.ts";
import type { Session } from "../../src/session/session.ts";
import { FakeSockets } from "./fake-sockets.ts";
import { FakeWeb } from "./fake-web.ts";
import { fillRuns, runsOf } from "./fill-runs.ts";
import { ScriptedPeer } from "./scripted-peer.ts";
import { sealedPieces, type SealedPiece } from "./sealed-pieces.ts";

const kib = 1_024;

const usualPieceLengthBytes = 32 * kib;
/** Ours in every torrent. */
const peerId = new Uint8Array(20).fill(0x55);

/** A torrent whose metadata may be unknown. */
export interface EarlyTorrent {
  readonly id: TorrentId;
  readonly infoHash: InfoHash;
  /** In which peers cut their blocks. */
  readonly pieceLengthBytes: number;
}

/** The torrent of a test. */
export interface BenchTorrent extends EarlyTorrent {
  readonly totalBytes: number;
  readonly map: PieceMap;
  readonly table: TorrentTable;
}

interface TorrentShape {
  /** One character a piece: `#` for those we have. */
  readonly had: string;
  /** Default 32 KiB: two blocks. */
  readonly pieceLengthBytes?: number;
  /** Default a whole last piece. */
  readonly totalBytes?: number;
  readonly maxPeers?: number;
  /** Default 1. */
  readonly weight?: TorrentWeight;
  /** Rows to which the table can grow. */
  readonly mostPeers?: number;
  /** Files of lengths and kinds. */
  readonly files?: readonly { readonly lengthBytes: number; readonly isPadding: boolean }[];
  readonly isPaused?: boolean;
  /** Default false. */
  readonly exchangesPeers?: boolean;
  /** Default false. */
  readonly usesDht?: boolean;
  /** Default false. */
  readonly isSuperSeeding?: boolean;
  /** Default false. */
  readonly isUploadOff?: boolean;
  /** Number of its file-worker; default 0. */
  readonly disk?: number;
  /** The disk has written nothing yet. */
  readonly isNewDisk?: boolean;
  /** Wanted pieces. Default: all. */
  readonly wanted?: string;
  /** Served to peers. */
  readonly metadata?: Uint8Array;
  readonly extensions?: ExtensionModules;
  /** The name of a hybrid in version 2. */
  readonly infoHashV2?: InfoHash;
  /** Trees of version 2. */
  readonly trees?: OpenTrees;
}

interface BenchOptions {
  readonly downloadBytes?: number;
  readonly uploadBytes?: number;
  readonly halfOpenLimit?: number;
  readonly handshakeLimit?: number;
  readonly requestBytes?: number;
  readonly bind?: readonly string[];
  readonly ipFilter?: FilterMemory;
}

/** The bytes as the dictionary of a .torrent. */
function sharedInfo(bytes: Uint8Array): SharedBytes {
  const memory = shareBytes(Buffer.concat([Buffer.from("d4:info"), bytes, Buffer.from("e")]));
  return { memory, start: 7, length: bytes.length };
}

/** A notice as it was announced. */
export interface EmittedNotice {
  readonly name: string;
  readonly message: unknown;
}

/** A torrent whose metadata is not known. */
type EarlyShape = Required<
  Pick<TorrentShape, "exchangesPeers" | "isPaused" | "maxPeers" | "usesDht">
> &
  Pick<TorrentShape, "infoHashV2">;

/** The worker and its surroundings. */
export class WorkerBench {
  readonly time = new ManualTime();
  readonly web = new FakeWeb((task) => this.time.soon(task));
  readonly sockets = new FakeSockets((task) => this.time.soon(task));
  readonly owner = new RecordingRef<EngineProtocol>("engine").holdCalls();
  readonly file = new RecordingRef<FileProtocol>("file-0").holdCalls();
  readonly slab: SharedArrayBuffer;
  readonly state: PeerState;
  readonly worker: PeerWorker;
  readonly failures: unknown[] = [];
  readonly breadcrumb = new Int32Array(8);
  /** The answer to `admit`; undefined leaves calls waiting. */
  admission: "admitted" | "duplicate" | "full" | undefined = "admitted";
  noticeCredits = 1_000;
  /** The worker has asked for it. */
  isCompiledForSpeed = false;
  /** Default exports of modules by URL. */
  readonly modules = new Map<string, unknown>();
  #notices: EmittedNotice[] = [];
  #whenNoticeRoom: (() => void)[] = [];
  #torrents = 0;
  #leases = 0;

  private constructor(options: BenchOptions) {
    const downloadBytes = options.downloadBytes ?? 1_024 * kib;
    const uploadBytes = options.uploadBytes ?? 1_024 * kib;
    this.slab = new SharedArrayBuffer(downloadBytes + uploadBytes);
    const started = peerActor.start(this.#context(), {
      slab: { id: 1 as SlabId, memory: this.slab },
      downloadBytes,
      uploadBytes,
      receiveBufferBytes: 256 * kib,
      halfOpenLimit: options.halfOpenLimit ?? 10,
      handshakeLimit: options.handshakeLimit ?? 512,
      requestBytes: options.requestBytes ?? 1 << 20,
      bind: options.bind ?? [],
      client: ownIdentity.client,
      ...(options.ipFilter !== undefined && { ipFilter: options.ipFilter }),
    });
    if (started instanceof Promise) throw new Error("the worker starts at once");
    this.state = started;
    this.worker = started.worker;
  }

  /** A worker that listens. */
  static async start(options: BenchOptions = {}): Promise<WorkerBench> {
    const bench = new WorkerBench(options);
    await peerActor.handlers.listen(
      bench.state,
      { hosts: ["0.0.0.0"], port: 6_881, reusePort: false },
      bench.#owner,
    );
    return bench;
  }

  readonly #owner = { name: "engine", epoch: 1 };

  /** Tells the worker something, and lets it finish the turn. */
  async send<Name extends keyof typeof peerActor.handlers & keyof PeerProtocol>(
    name: Name,
    message: MessageOf<PeerProtocol, Name>,
  ): Promise<void> {
    const handler = peerActor.handlers[name] as (
      state: PeerState,
      message: unknown,
      from: { name: string; epoch: number },
    ) => unknown;
    void handler(this.state, message, this.#owner);
    await this.settle();
  }

  /** Lets promises, ends of turns, timers that are due and admissions run until nothing is left to do. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 2;) {
      await new Promise(setImmediate);
      const hasRun = this.time.endTurn() || this.time.step(this.time.nowMs());
      quiet = this.#admitAll() || hasRun ? 0 : quiet + 1;
    }
    if (this.failures.length > 0) throw new Error("the worker failed", { cause: this.failures[0] });
  }

  /** Moves time on, timer by timer. */
  async advance(milliseconds: number): Promise<void> {
    const untilMs = this.time.nowMs() + milliseconds;
    while (this.time.step(untilMs)) await this.settle();
    await this.settle();
  }

  async openTorrent(shape: TorrentShape): Promise<BenchTorrent> {
    return this.addContent(this.#newTorrent(), shape);
  }

  /** A torrent whose metadata is not known. */
  async openWithoutContent({
    maxPeers = 8,
    isPaused = false,
    exchangesPeers = false,
    usesDht = false,
    infoHashV2,
  }: Partial<EarlyShape> = {}): Promise<EarlyTorrent> {
    const torrent = this.#newTorrent();
    const { id, infoHash } = torrent;
    const options = { maxPeers, weight: evenWeight, isPaused, exchangesPeers, usesDht };
    const name = infoHashV2 === undefined ? {} : { infoHashV2 };
    await this.send("open-torrent", { torrent: id, infoHash, ...name, peerId, ...options });
    return torrent;
  }

  /** Opens the torrent with its content, also when it is open without. */
  async addContent(torrent: EarlyTorrent, shape: TorrentShape): Promise<BenchTorrent> {
    const pieceCount = shape.had.length;
    const pieceLengthBytes = shape.pieceLengthBytes ?? usualPieceLengthBytes;
    const totalBytes = shape.totalBytes ?? pieceCount * pieceLengthBytes;
    const maxPeers = shape.maxPeers ?? 8;
    if (shape.isNewDisk !== true) this.#writeByte(shape.disk ?? 0);
    const map = new PieceMap(pieceCount);
    map.bytes.set(bitsOf(shape.had));
    const table = TorrentTable.make(pieceCount, maxPeers, shape.mostPeers);
    await this.send("open-torrent", {
      torrent: torrent.id,
      infoHash: torrent.infoHash,
      ...(shape.trees?.isAlone === true && { infoHashV2: torrent.infoHash }),
      ...(shape.infoHashV2 !== undefined && { infoHashV2: shape.infoHashV2 }),
      peerId,
      maxPeers,
      weight: shape.weight ?? evenWeight,
      isPaused: shape.isPaused ?? false,
      exchangesPeers: shape.exchangesPeers ?? false,
      usesDht: shape.usesDht ?? false,
      isSuperSeeding: shape.isSuperSeeding ?? false,
      ...(shape.isUploadOff === true && { isUploadOff: true }),
      ...(shape.extensions !== undefined && { extensions: shape.extensions }),
      content: {
        totalBytes,
        pieceLengthBytes,
        pieceCount,
        disk: shape.disk ?? 0,
        had: map.memory,
        table: table.memory,
        ...paddingOf(shape),
        ...(shape.wanted !== undefined && { wanted: bitsOf(shape.wanted) }),
        ...(shape.metadata !== undefined && { metadata: sharedInfo(shape.metadata) }),
        ...(shape.trees !== undefined && { trees: shape.trees }),
      },
    });
    return { ...torrent, pieceLengthBytes, totalBytes, map, table };
  }

  #newTorrent(): EarlyTorrent {
    const id = ++this.#torrents as TorrentId;
    const infoHash = parseInfoHash(id.toString(16).padStart(40, "0"));
    return { id, infoHash, pieceLengthBytes: usualPieceLengthBytes };
  }

  /**
   * A peer connects to us, shakes hands and shows what it has; it is admitted as `admission` says.
   *
   * @param pieces Without it the peer shows nothing.
   */
  async meet(
    torrent: EarlyTorrent,
    id: string,
    pieces?: string,
    { host = `198.51.100.${id.charCodeAt(0)}`, hasFast = false } = {},
  ): Promise<ScriptedPeer> {
    const stream = this.sockets.connect({ host, port: 6_881 });
    const peer = new ScriptedPeer(stream, torrent.pieceLengthBytes);
    peer.shakeHands(torrent.infoHash, id, ownReservedBits({ hasFast }));
    if (pieces !== undefined) peer.bitfield(pieces);
    await this.settle();
    return peer;
  }

  /** Meets a seed that unchokes us: the handshake and our interest are not in what it has heard. */
  async meetSeed(
    torrent: EarlyTorrent,
    id: string,
    pieces: string,
    options: { readonly hasFast?: boolean } = {},
  ): Promise<ScriptedPeer> {
    const peer = await this.meet(torrent, id, pieces, options);
    peer.unchoke();
    await this.settle();
    peer.takeMessages();
    return peer;
  }

  #writeByte(disk: number): void {
    const memory = this.worker.diskMemoryOf(disk);
    memory.sealed(1);
    memory.written(1, [memory]);
  }

  /** Leases pieces to the worker, as an answer to its question or without one. */
  async lease(
    torrent: BenchTorrent,
    pieces: readonly number[],
    extra: Partial<PieceLease> &
      Partial<Pick<LeasePieces, "isUnasked" | "nothingFor" | "withheldFor" | "isEndgame">> = {},
  ): Promise<LeaseId[]> {
    const { nothingFor = [], withheldFor = [], ...others } = extra;
    const { isEndgame = nothingFor.length > 0, isUnasked = false, ...rest } = others;
    const leases = pieces.map((piece) => ({
      piece: piece as PieceIndex,
      lease: ++this.#leases as LeaseId,
      ...rest,
    }));
    const answer = { isUnasked, nothingFor, withheldFor, isEndgame };
    const packed = packLeases(leases);
    await this.send("lease-pieces", { torrent: torrent.id, leases: packed, ...answer });
    return leases.map(({ lease }) => lease);
  }

  /** The engine has verified and written pieces. */
  async had(torrent: BenchTorrent, ...pieces: number[]): Promise<void> {
    for (const piece of pieces) torrent.map.set(piece);
    await this.send("pieces-had", { torrent: torrent.id, pieces: pieces as PieceIndex[] });
  }

  /** Says which pieces are wanted from now on; undefined: all. */
  async want(torrent: BenchTorrent, drawing: string | undefined): Promise<void> {
    const wanted = drawing === undefined ? {} : { wanted: bitsOf(drawing) };
    await this.send("set-wanted", { torrent: torrent.id, ...wanted });
  }

  /** Pieces that were had are so no more. */
  async lost(torrent: BenchTorrent, ...pieces: number[]): Promise<void> {
    for (const piece of pieces) torrent.map.clear(piece);
    await this.send("pieces-lost", { torrent: torrent.id, pieces: pieces as PieceIndex[] });
  }

  async unchoke(torrent: EarlyTorrent, ...peers: number[]): Promise<void> {
    await this.send("set-unchoked", { torrent: torrent.id, peers: peers as PeerRowIndex[] });
  }

  /**
   * Answers the oldest `read-blocks` by writing the content where it was asked for. @returns The runs that were read.
   *
   * @param diskMs The reads waited so long for the disk.
   */
  async fill(diskMs = 0): Promise<readonly BlockRun[]> {
    await this.settle();
    const { message, answer } = this.file.take("read-blocks");
    fillRuns(new Uint8Array(this.slab), message);
    answer({ refused: [], diskMs });
    await this.settle();
    return runsOf(message);
  }

  /** Answers `read-blocks` until none waits. @returns The runs that were read. */
  async fillAll(diskMs = 0): Promise<readonly BlockRun[]> {
    await this.settle();
    const runs: BlockRun[] = [];
    while (this.file.waiting > 0) runs.push(...(await this.fill(diskMs)));
    return runs;
  }

  /** Refuses the first run of the oldest `read-blocks`; the others are read. */
  async refuseRead(refusal: StorageRefusal): Promise<void> {
    await this.settle();
    const { message, answer } = this.file.take("read-blocks");
    fillRuns(new Uint8Array(this.slab), message);
    answer({ refused: [{ run: 0, ...refusal }], diskMs: 0 });
    await this.settle();
  }

  /** @returns Notices since the last time, of one name or of all. */
  takeNotices(name?: string): unknown[] {
    const taken = this.#notices.filter((notice) => name === undefined || notice.name === name);
    this.#notices = this.#notices.filter((notice) => !taken.includes(notice));
    return name === undefined ? taken : taken.map(({ message }) => message);
  }

  /** The only notice of this name since the last time. */
  takeNotice<Name extends keyof PeerProtocol>(name: Name): MessageOf<PeerProtocol, Name> {
    const [message, ...others] = this.takeNotices(name);
    if (message === undefined || others.length > 0) {
      throw new Error(`expected one ${name}, heard ${others.length + (message ? 1 : 0)}`);
    }
    return message as MessageOf<PeerProtocol, Name>;
  }

  /** @returns The pieces that were sealed since the last time. */
  takeAllSealed(): SealedPiece[] {
    return (this.takeNotices("pieces-sealed") as PiecesSealed[]).flatMap(sealedPieces);
  }

  /** The only piece that was sealed since the last time. */
  takeSealed(): SealedPiece {
    const [sealed, ...others] = this.takeAllSealed();
    if (sealed === undefined || others.length > 0)
      throw new Error(`expected one sealed piece, heard of ${others.length + (sealed ? 1 : 0)}`);
    return sealed;
  }

  /** The link takes notices again. */
  async giveNoticeRoom(credits: number): Promise<void> {
    this.noticeCredits = credits;
    const whenRoom = this.#whenNoticeRoom;
    this.#whenNoticeRoom = [];
    for (const listener of whenRoom) listener();
    await this.settle();
  }

  /** The peers of a torrent, as the worker keeps them. */
  sessions({ id }: EarlyTorrent): Session[] {
    return [...(this.worker.torrents.get(id)?.sessions ?? [])];
  }

  row(torrent: BenchTorrent, rowIndex: number): PeerRow {
    return torrent.table.row(rowIndex);
  }

  slabBytes(offset: number, lengthBytes: number): Uint8Array {
    return new Uint8Array(this.slab, offset, lengthBytes);
  }

  #load(url: string): Promise<unknown> {
    if (this.modules.has(url)) return Promise.resolve(this.modules.get(url));
    return Promise.reject(new Error(`no module ${url}`));
  }

  #admitAll(): boolean {
    if (this.admission === undefined) return false;
    let hasAdmitted = false;
    while (this.owner.waiting > 0) {
      const { answer } = this.owner.take("admit");
      answer(this.admission === "admitted" ? { admitted: true } : { refused: this.admission });
      hasAdmitted = true;
    }
    return hasAdmitted;
  }

  #context(): Context<PeerProtocol> {
    const credits = (): number => this.noticeCredits;
    const context = {
      self: { name: "peer-0", epoch: 1 },
      clock: this.time,
      random: seededRandom(1),
      compileForSpeed: () => (this.isCompiledForSpeed = true),
      timers: this.time,
      sockets: this.sockets,
      http: this.web,
      interfaces: { list: () => [] },
      inModule: <Result>(step: number, subject: number, act: () => Result) =>
        inOwnStep(this.breadcrumb, step, subject, act),
      loadModule: (_step: number, _subject: number, url: string) => this.#load(url),
      emit: (name: string, message: unknown) => {
        this.noticeCredits--;
        this.#notices.push({ name, message });
      },
      get noticeCredits() {
        return credits();
      },
      whenNoticeRoom: (listener: () => void) => this.#whenNoticeRoom.push(listener),
      ref: (role: string) => (role === "owner" ? this.owner : this.file),
      breadcrumb: this.breadcrumb,
      log: () => {},
      fail: (error: unknown) => this.failures.push(error),
    };
    // The rest of a context is of no use to a peer-worker: touching it fails the test.
    return context as unknown as Context<PeerProtocol>;
  }
}

function paddingOf({ files = [] }: TorrentShape): Pick<OpenContent, "padding"> {
  const padding = packPadding(files.map((file) => ({ path: [], ...file })));
  return padding === undefined ? {} : { padding };
}

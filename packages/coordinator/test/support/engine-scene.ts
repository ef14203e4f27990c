// An engine without workers: its real state and decisions, over refs that record and time that stands still.

import {
  breadcrumbWords,
  type Context,
  type FolderLook,
  type Supervisor,
} from "@troupe/actor-runtime";
import type { CheckPool } from "@troupe/hash-worker";
import {
  PeerFlag,
  Quarantine,
  type AddTorrent,
  type DescriptorBudget,
  type FileProtocol,
  type LeaseId,
  type PeerProtocol,
  type PeerRowIndex,
  type PieceSealed,
  type TorrentEvent,
  type TorrentFault,
  type TorrentId,
  type TorrentState,
} from "@troupe/messages";
import { makeGeometry, setBit, type InfoHash, type Metainfo } from "@troupe/protocol";
import { ManualTime, RecordingRef } from "@troupe/actor-runtime/testing";
import { OversizedPieceQueue } from "../../src/engine/memory/oversized-piece-queue.ts";
import { OversizedPieces } from "../../src/engine/memory/oversized-pieces.ts";
import { DiskHandle } from "../../src/engine/base/disk-handle.ts";
import { DiskWatch } from "../../src/engine/disk/disk-watch.ts";
import { mostFileWorkers } from "../../src/engine/base/disk-handles.ts";
import type { Engine, EngineActorProtocol } from "../../src/engine/base/engine-state.ts";
import { PeerWorkerHandle } from "../../src/engine/base/peer-worker-handle.ts";
import { Slabs } from "../../src/engine/base/slabs.ts";
import { announceLimits } from "../../src/trackers/announce-limits.ts";
import { CrashHistory } from "../../src/crash-history.ts";
import { answerWaitingRequests } from "../../src/torrent/pieces/oversized-piece-leases.ts";
import { AddressBudget } from "../../src/torrent/addresses/address-budget.ts";
import { dialSchedule } from "../../src/torrent/swarm/dial-schedule.ts";
import { carryOut } from "../../src/torrent/lifecycle/effects.ts";
import type { Run } from "../../src/torrent/lifecycle/run.ts";
import { TorrentJob } from "../../src/torrent/torrent-job.ts";
import { seededRandom } from "./chance.ts";
import { FakeHttp } from "./fake-http.ts";

const mebibyte = 1 << 20;
const ampleDescriptors: DescriptorBudget = {
  limit: 20_000,
  peers: 10_000,
  halfOpen: 200,
  handshakes: 512,
  openFiles: 64,
  trackers: 150,
  lockFiles: 64,
};

/** What a scene may differ in. */
export interface SceneOptions {
  readonly workers?: number;
  /** Payload memory of each worker; three quarters of it for downloads. Default 4 MiB. */
  readonly workerBytes?: number;
  /** Of all torrents together. */
  readonly connections?: number;
}

/** What a torrent of a scene may differ in. */
export interface JobOptions {
  readonly pieces?: number;
  readonly pieceLengthBytes?: number;
  readonly maxPeers?: number;
  readonly peerId?: string;
  readonly trackers?: readonly (readonly string[])[];
  /** Lengths of its files; one file without it. */
  readonly files?: readonly number[];
  readonly priorities?: readonly number[];
}

/** One digest that the hash pool was asked for. */
export interface DigestRequest {
  readonly offset: number;
  readonly lengthBytes: number;
  /** Asked for the digests of its blocks too: they are `blocks`, one number each. */
  readonly hasParts: boolean;
  /** The hash of piece `piece` of a scene's torrents; 255 is nobody's. */
  readonly give: (piece: number, blocks?: readonly number[]) => Promise<void>;
}

/** An engine, its surroundings, and short ways to say what workers would say. */
export function makeScene(options: SceneOptions = {}) {
  const { workers = 1, workerBytes = 4 * mebibyte, connections = 10_000 } = options;
  const time = new ManualTime();
  const http = new FakeHttp();
  const announced: { readonly name: string; readonly message: unknown }[] = [];
  const failures: unknown[] = [];
  const logged: { readonly level: string; readonly event: string; readonly fields: unknown }[] = [];
  const notices = { credits: 1024, listeners: [] as (() => void)[] };
  const hashings: DigestRequest[] = [];
  /** Addresses by name. */
  const names = new Map<string, readonly string[]>();
  /** File-workers; all but the first are not there. */
  const files = Array.from({ length: mostFileWorkers }, (_, index) => {
    const ref = new RecordingRef<FileProtocol>(`file-${index}`);
    if (index > 0) ref.peer = undefined;
    return ref;
  });
  const file = at(files, 0);
  const started: string[] = [];
  const folders = {
    look: (_folder: string): Promise<FolderLook> => Promise.resolve({ device: 1n }),
    stuck: [],
  };
  const refs = Array.from(
    { length: workers },
    (_, i) => new RecordingRef<PeerProtocol>(`peer-${i}`),
  );
  const context = {
    clock: time,
    timers: time,
    random: seededRandom(7),
    http,
    folders,
    names: {
      resolve: (host: string) => {
        const addresses = names.get(host);
        if (addresses !== undefined) return Promise.resolve(addresses);
        return Promise.reject(Object.assign(new Error("not found"), { code: "ENOTFOUND" }));
      },
    },
    emit: (name: string, message: unknown) => void announced.push({ name, message }),
    get noticeCredits() {
      return notices.credits;
    },
    whenNoticeRoom: (listener: () => void) => void notices.listeners.push(listener),
    breadcrumb: new Int32Array(breadcrumbWords),
    log: (level: string, event: string, fields: unknown) =>
      void logged.push({ level, event, fields }),
    fail: (error: unknown) => void failures.push(error),
  } as unknown as Context<EngineActorProtocol>;
  const slabs = new Slabs(files);
  const disks = files.map((ref, index) => {
    const checkPool = { abandoned: 0, close: () => Promise.resolve() } as unknown as CheckPool;
    return new DiskHandle(index, {
      ref,
      isWanted: false,
      openCheckPool: () => checkPool,
      time: context,
    });
  });
  const disk = at(disks, 0);
  disk.devices.add(1n);
  disk.isWanted = true;
  const supervisor = {
    startChild: (name: string) => Promise.resolve(void started.push(`start ${name}`)),
    stopChild: (name: string) => Promise.resolve(void started.push(`stop ${name}`)),
  } as unknown as Supervisor;
  const engine: Engine = {
    context,
    options: { descriptors: { ...ampleDescriptors, peers: connections } },
    torrents: new Map(),
    peerWorkers: refs.map(
      (ref, index) =>
        new PeerWorkerHandle(index, {
          ref,
          memoryBytes: workerBytes,
          bind: [],
          limits: { halfOpenLimit: 200, handshakeLimit: 512, requestBytes: 1 << 20 },
          time: context,
        }),
    ),
    disks,
    hashPool: {
      digest: (slot: { offset: number; lengthBytes: number }) => hash(hashings, slot),
      digestBlocks: () => digestBlocks(hashings),
    },
    records: { watch: new DiskWatch() },
    memory: {
      slabs,
      oversizedPieces: new OversizedPieces(() => time.soon(() => answerWaitingRequests(engine))),
      oversizedPieceQueue: new OversizedPieceQueue(),
    },
    network: {
      hosts: [],
      port: 6881,
      announceLimits: announceLimits(150),
      trackerKey: "00c0ffee",
      addresses: new AddressBudget(),
      dialSchedule: dialSchedule(),
      retriesThisSecond: 0,
      closedForRoomThisSecond: 0,
    },
    supervision: {
      supervisor,
      crashHistory: new CrashHistory(),
      quarantine: new Quarantine(),
      ended: undefined,
      checksAtEnd: [],
    },
    counters: { ticks: 0, nextTorrent: 1 },
  } as unknown as Engine;
  for (const peerWorker of engine.peerWorkers) peerWorker.nextOptions(slabs);
  disk.pendingWrites.resendAll();
  file.sent.length = 0;
  return {
    engine,
    time,
    http,
    names,
    file,
    files,
    disk,
    folders,
    /** Children on demand that were started and stopped. */
    started,
    refs,
    hashings,
    failures,
    logged,
    notices,
    peerWorker: (index: number) => at(engine.peerWorkers, index),
    ref: (index: number) => at(refs, index),
    /** Events that reached the front so far; `gather` them first. */
    events: () =>
      announced
        .filter(({ name }) => name === "torrent-event")
        .flatMap(({ message }) => (message as { events: TorrentEvent[] }).events),
    gather: () => time.advance(25),
    addJob: (options: JobOptions = {}) => addJob(engine, options),
  };
}

/** A torrent in the state `active`, known to every worker. Its piece n has the hash of n in each byte. */
function addJob(engine: Engine, options: JobOptions): TorrentJob {
  const { pieces = 4, pieceLengthBytes = 32_768, maxPeers = 50, peerId = "us" } = options;
  const metainfo: Metainfo = {
    infoHash: "a".repeat(40) as InfoHash,
    name: "drawn",
    geometry: makeGeometry(pieces * pieceLengthBytes, pieceLengthBytes),
    pieceHashes: Uint8Array.from({ length: pieces * 20 }, (_, i) => Math.floor(i / 20)),
    files: filesOf(options.files ?? [pieces * pieceLengthBytes]),
    isSingleFile: true,
    isPrivate: false,
    trackers: options.trackers ?? [],
    infoSpan: { start: 0, end: 0 },
    warnings: [],
  };
  const request: AddTorrent = {
    metainfo: new Uint8Array(),
    directory: "/downloads",
    extraTrackers: [],
    useTrackers: true,
    peers: [],
    maxPeers,
    mode: "download",
    ...(options.priorities !== undefined && { priorities: options.priorities }),
  };
  const id = engine.counters.nextTorrent++ as TorrentId;
  const job: TorrentJob = new TorrentJob(
    { id, request, metainfo, peerId: idBytes(peerId) },
    engine,
    (_job, effect) => carryOut(engine, job, effect),
  );
  putIn(job, "active");
  job.storage.isDiskFound = true;
  for (const peerWorker of engine.peerWorkers) job.traffic.renewTable(peerWorker.index);
  engine.torrents.set(id, job);
  return job;
}

const wentWrong: TorrentFault = { code: "EIO", message: "the disk is broken" };

/** Puts a torrent in a state as if it had come there in order. */
export function putIn(job: TorrentJob, state: TorrentState, fault = wentWrong, sinceMs = 0): void {
  const announced = { toUser: false, toTrackers: false };
  const facts = { sinceMs, settling: 0, announced, held: undefined };
  const stopped = { state: "stopped", fault: undefined, isChecked: true } as const;
  const runs: Record<TorrentState, Run> = {
    stopped,
    starting: { state: "starting", isChecked: false },
    checking: { state: "checking", isChecked: false },
    active: { state: "active", ...facts },
    paused: { state: "active", ...facts },
    stopping: { state: "stopping", next: "rest", rest: stopped },
    error: { state: "failed", fault, isChecked: true },
  };
  const { value } = job.life;
  job.life.value = {
    ...value,
    run: runs[state],
    wish: { ...value.wish, paused: state === "paused" },
  };
}

function filesOf(lengths: readonly number[]): Metainfo["files"] {
  let offset = 0;
  return lengths.map((lengthBytes, index) => {
    const start = offset;
    offset += lengthBytes;
    const name = lengths.length === 1 ? ["drawn"] : ["drawn", String(index)];
    return { path: name, lengthBytes, offset: start, isPadding: false };
  });
}

function digestBlocks(hashings: DigestRequest[]) {
  return new Promise<Uint8Array>((resolve) => {
    hashings.push({
      offset: 0,
      lengthBytes: 0,
      hasParts: true,
      give: async (piece, blocks = []) => {
        resolve(Uint8Array.from([piece, ...blocks].flatMap((digest) => Array(20).fill(digest))));
        await Promise.resolve();
      },
    });
  });
}

function hash(hashings: DigestRequest[], extent: { offset: number; lengthBytes: number }) {
  return new Promise<Uint8Array>((resolve) => {
    hashings.push({
      offset: extent.offset,
      lengthBytes: extent.lengthBytes,
      hasParts: false,
      give: async (piece) => {
        resolve(new Uint8Array(20).fill(piece));
        await Promise.resolve();
      },
    });
  });
}

/** A peer id of 20 bytes that starts with `text`. */
export function idBytes(text: string): Uint8Array {
  return Uint8Array.from(text.padEnd(20, "-"), (character) => character.charCodeAt(0));
}

export function rowIndex(index: number): PeerRowIndex {
  return index as PeerRowIndex;
}

/** A connected peer in a worker's table: what it has (`#`), and whether it wants something of us. */
export function showPeer(
  job: TorrentJob,
  peer: { readonly worker: number; readonly rowIndex: number },
  has: string,
  isInterested = false,
): void {
  const table = at(job.traffic.tables, peer.worker);
  const row = table.row(peer.rowIndex);
  row.setFlag(PeerFlag.inUse, true);
  row.setFlag(PeerFlag.isPeerInterested, isInterested);
  for (const [piece, character] of Array.from(has).entries()) {
    if (character !== "#") continue;
    setBit(row.bitfield, piece);
    table.availability[piece] = (table.availability[piece] ?? 0) + 1;
  }
}

/** A sealed piece as its worker announces it. */
export function sealedPiece(
  job: TorrentJob,
  fields: Pick<PieceSealed, "piece" | "lease" | "slab"> & Partial<PieceSealed>,
): PieceSealed {
  const lengthBytes = job.metainfo.geometry.pieceLengthBytes;
  return { torrent: job.id, offset: 0, lengthBytes, contributors: [], ...fields };
}

/** The element at `index`. @throws when there is none. */
export function at<Element>(list: readonly Element[], index: number): Element {
  const element = list[index];
  if (element === undefined) throw new Error(`nothing at ${index} of ${list.length}`);
  return element;
}

export function leaseNumber(value: number): LeaseId {
  return value as LeaseId;
}

/** The check pool of the first disk answers like this. */
export function setCheckPool({ disks }: Engine, pool: object): void {
  Object.assign(at(disks, 0).checkPool, pool);
}

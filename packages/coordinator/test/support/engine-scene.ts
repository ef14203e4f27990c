// An engine without workers: its real state and decisions, over refs that record and time that stands still.

import type { LiveEngineSettings, TorrentSettingChanges, TorrentSettings } from "@troupe/control";
import { changeTorrentSettings } from "../../src/engine/settings/change-settings.ts";
import { inlineHasher } from "@troupe/hash-worker";
import {
  EngineStep,
  PeerFlag,
  type EngineOptions,
  type AddTorrent,
  type ContributorAddress,
  type FileProtocol,
  type LeaseId,
  type LeasePieces,
  type PeerProtocol,
  type PeerRowIndex,
  type PieceContributors,
  type PieceLease,
  type PiecesSealed,
  type RecordsProtocol,
  type SlabId,
  type ProgressRow,
  type TorrentEvent,
  type TorrentFault,
  type TorrentId,
  type TorrentState,
  unpackLeases,
} from "@troupe/messages";
import type { RecordingRef } from "@troupe/actor-runtime/testing";
import { makeGeometry, type Metainfo, PieceHashes } from "@troupe/protocol/metainfo";
import { digestLength } from "@troupe/protocol/piece-digest";
import type { InfoHash, PieceIndex } from "@troupe/protocol/units";
import { identityOf, type InfoHashV2 } from "@troupe/protocol/identity";
import { pieceEventsOf } from "../../src/api/events/piece-events.ts";
import { mostFileWorkers } from "../../src/engine/base/disk-handles.ts";
import type { Engine } from "../../src/engine/base/engine-state.ts";
import { makeEngine } from "../../src/engine/start/make-engine.ts";
import { carryOut } from "../../src/torrent/lifecycle/effects.ts";
import { JobMagnet } from "../../src/torrent/metadata/job-magnet.ts";
import { readLink } from "../../src/torrent/metadata/magnet-gate.ts";
import type { Run } from "../../src/torrent/lifecycle/run.ts";
import { hasContent, TorrentJob, type JobWithContent } from "../../src/torrent/torrent-job.ts";
import {
  engineOptions,
  fakeCheckPool,
  FakeContext,
  fakeHashPool,
  fakeSupervisor,
  type DigestRequest,
} from "./engine-fakes.ts";

const infoHash = "a".repeat(40) as InfoHash;

/** The options of a scene. */
export interface SceneOptions {
  readonly workers?: number;
  /** Payload memory of each worker; three quarters of it for downloads. Default 4 MiB. */
  readonly workerBytes?: number;
  /** Connections of all torrents together. */
  readonly connections?: number;
  /** Limits of the queue. */
  readonly limits?: LiveEngineSettings & Pick<EngineOptions, "maxChecks">;
}

/** The options of a torrent of a scene. */
export interface JobOptions {
  readonly pieces?: number;
  readonly pieceLengthBytes?: number;
  readonly maxPeers?: number;
  readonly peerId?: string;
  readonly trackers?: readonly (readonly string[])[];
  /** Lengths of its files; one file without it. */
  readonly files?: readonly number[];
  /** Indexes of files that are padding. */
  readonly paddingFiles?: readonly number[];
  readonly priorities?: readonly number[];
  /** Settings of the torrent. */
  readonly webSeeds?: readonly string[];
  readonly mode?: AddTorrent["mode"];
  readonly settings?: TorrentSettings;
  /** Version 2; the hashes of its pieces are known, those of piece n in each byte n + 1, or come from peers. */
  readonly layers?: "known" | "unknown";
  /** The algorithm of a torrent with `layers`. Default: `merkle`, version 2 alone. */
  readonly algorithm?: "merkle" | "hybrid";
}

/** An engine, its surroundings, and short ways to say what workers would say. */
export function makeScene({
  workers = 1,
  workerBytes = 4 << 20,
  connections = 10_000,
  limits = {},
}: SceneOptions = {}) {
  const context = new FakeContext();
  const { time, announced } = context;
  const hashings: DigestRequest[] = [];
  const started: string[] = [];
  const { maxChecks, ...queueLimits } = limits;
  const usual = engineOptions(workers, workerBytes, connections);
  const settings = { ...usual.settings, ...queueLimits };
  const options = { ...usual, settings, ...(maxChecks !== undefined && { maxChecks }) };
  const engine = makeEngine(context, options, {
    openHashPool: () => fakeHashPool(hashings),
    openCheckPool: fakeCheckPool,
    openHasher: (url, torrent) =>
      inlineHasher({
        timers: time,
        loadMs: 30_000,
        answerMs: 10_000,
        load: () => context.loadModule(EngineStep.module, torrent, url),
        run: (act) => context.inModule(EngineStep.module, torrent, act),
      }),
  });
  Object.assign(engine.network, { port: 6881, publicPort: 6881 });
  engine.supervision.supervisor = fakeSupervisor(started);
  /** File-workers; all but the first are not there. */
  const files = Array.from({ length: mostFileWorkers }, (_, i) =>
    context.ref<FileProtocol>(`file-${i}`),
  );
  for (const further of files.slice(1)) further.peer = undefined;
  const file = at(files, 0);
  const refs = engine.peerWorkers.map(({ name }) => context.ref<PeerProtocol>(name));
  for (const ref of refs)
    ref.answer = (name) => (name === "open-udp" ? { sockets: [], refused: [] } : {});
  const disk = at(engine.disks, 0);
  disk.devices.add(1n);
  for (const peerWorker of engine.peerWorkers) peerWorker.nextOptions(engine.memory.slabs);
  disk.pendingWrites.resendAll();
  file.sent.length = 0;
  return {
    engine,
    time,
    http: context.http,
    names: context.addresses,
    file,
    files,
    disk,
    records: context.ref<RecordsProtocol>("records"),
    folders: context.folders,
    /** Children on demand that were started and stopped. */
    started,
    refs,
    hashings,
    announced,
    failures: context.failures,
    logged: context.logged,
    notices: context.notices,
    peerWorker: (index: number) => at(engine.peerWorkers, index),
    ref: (index: number) => at(refs, index),
    /** Events that reached the API so far, as users get them; `gather` them first. */
    events: () =>
      announced
        .flatMap(({ name, message }) => eventsIn(name, message))
        .flatMap((event): TorrentEvent[] =>
          event.event === "pieces-had" ? pieceEventsOf(event) : [event],
        ),
    gather: () => time.advance(25),
    addJob: (options: JobOptions = {}) => addJob(engine, options),
    /** A stopped torrent of a magnet link. */
    addJobWithoutContent: (options: JobOptions = {}) => makeJob(engine, options, undefined),
  };
}

/** The events of torrents in a notice. */
function eventsIn(name: string, message: unknown): readonly TorrentEvent[] {
  if (name === "torrent-event") return (message as { events: TorrentEvent[] }).events;
  if (name !== "progress-frame") return [];
  const { rows } = message as { rows: ProgressRow[] };
  return rows.map(({ progress }) => ({ event: "progress", ...progress }));
}

/** A torrent in the state `active`, known to every worker. */
function addJob(engine: Engine, options: JobOptions): JobWithContent {
  const job = makeJob(engine, options, drawMetainfo(options));
  if (!hasContent(job)) throw new Error("a torrent without content");
  putIn(job, "active");
  job.storage.isDiskFound = true;
  for (const peerWorker of engine.peerWorkers) job.content.traffic.renewTable(peerWorker.index);
  return job;
}

/** Piece n has the hash of n in each byte. */
export function drawMetainfo(options: JobOptions = {}): Metainfo {
  return { ...drawFirstVersion(options), ...drawTrees(options) };
}

function drawTrees({
  algorithm = "merkle",
  layers,
  pieces = 4,
  pieceLengthBytes = 32_768,
}: JobOptions): Partial<Metainfo> {
  if (layers === undefined) return {};
  const pieceLayer = Math.log2(pieceLengthBytes / 16_384);
  const digestBytes = digestLength(algorithm);
  const hashes = Uint8Array.from({ length: pieces * digestBytes }, (_, at) =>
    layers === "known" ? Math.floor(at / digestBytes) + 1 : 0,
  );
  const v2 = "b".repeat(64) as InfoHashV2;
  return {
    infoHashes: algorithm === "hybrid" ? { v1: infoHash, v2 } : { v2 },
    pieceHashes: new PieceHashes(algorithm, hashes, pieceLayer),
    trees: { pieceLayer, roots: new Uint8Array(32).fill(9) },
  };
}

function drawFirstVersion(options: JobOptions): Metainfo {
  const { pieces = 4, pieceLengthBytes = 32_768 } = options;
  return {
    infoHash,
    infoHashes: { v1: infoHash },
    name: "drawn",
    geometry: makeGeometry(pieces * pieceLengthBytes, pieceLengthBytes),
    pieceHashes: new PieceHashes(
      "sha1",
      Uint8Array.from({ length: pieces * 20 }, (_, i) => Math.floor(i / 20)),
    ),
    files: filesOf(options.files ?? [pieces * pieceLengthBytes], options.paddingFiles ?? []),
    isSingleFile: options.files === undefined,
    isPrivate: false,
    webSeeds: options.webSeeds ?? [],
    nodes: [],
    trackers: options.trackers ?? [],
    pieceHashesSpan: { start: 0, end: 0 },
    infoSpan: { start: 0, end: 0 },
    warnings: [],
  };
}

function makeJob(engine: Engine, options: JobOptions, metainfo: Metainfo | undefined): TorrentJob {
  const { maxPeers = 50, peerId = "us", trackers = [] } = options;
  const request: TorrentJob["request"] = {
    directory: "/downloads",
    settings: {
      maxPeers,
      ...options.settings,
    },
    peers: [],
    mode: options.mode ?? "download",
    ...(options.priorities !== undefined && { priorities: options.priorities }),
  };
  const id = engine.counters.nextTorrent++ as TorrentId;
  const job = new TorrentJob(
    {
      id,
      identity: identityOf({ v1: infoHash }),
      trackers,
      request,
      peerId: idBytes(peerId),
      ...(metainfo === undefined && { magnet: new JobMagnet(readLink(infoHash, "file"), "file") }),
    },
    metainfo && { metainfo },
    engine,
    (job, effect) => carryOut(engine, job, effect),
  );
  engine.torrents.add(job);
  engine.awake.add(job);
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
    metadata: { state: "metadata" },
    starting: { state: "starting", isChecked: false },
    checking: { state: "checking", isChecked: false },
    active: { state: "active", ...facts },
    paused: { state: "active", ...facts },
    queued: { state: "queued", fault: undefined, isReportedComplete: false, isChecked: true },
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

function filesOf(lengths: readonly number[], padding: readonly number[]): Metainfo["files"] {
  let offset = 0;
  return lengths.map((lengthBytes, index) => {
    const start = offset;
    offset += lengthBytes;
    const name = lengths.length === 1 ? ["drawn"] : ["drawn", String(index)];
    return { path: name, lengthBytes, offset: start, isPadding: padding.includes(index) };
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
  { content: { traffic } }: JobWithContent,
  peer: { readonly worker: number; readonly rowIndex: number },
  has: string,
  isInterested = false,
): void {
  const table = at(traffic.tables, peer.worker);
  const row = table.row(peer.rowIndex);
  row.setFlag(PeerFlag.inUse, true);
  row.setFlag(PeerFlag.isPeerInterested, isInterested);
  for (const [piece, character] of Array.from(has).entries()) {
    if (character !== "#") continue;
    row.addPiece(piece);
    table.availability[piece] = (table.availability[piece] ?? 0) + 1;
  }
}

/** The answers of the engine to questions for pieces, with their leases as `pieces`. */
export function leaseAnswers(
  ref: Pick<RecordingRef<PeerProtocol>, "casts">,
): (Omit<LeasePieces, "leases"> & { readonly pieces: readonly PieceLease[] })[] {
  return ref
    .casts("lease-pieces")
    .map(({ leases, ...answer }) => ({ ...answer, pieces: unpackLeases(leases) }));
}

/** A sealed piece. */
export interface SealedFields extends PieceContributors<PeerRowIndex | ContributorAddress> {
  readonly piece: PieceIndex;
  readonly lease: LeaseId;
  readonly slab: SlabId;
  /** Default 0. */
  readonly offset?: number;
}

/** A sealed piece as its worker announces it. */
export function sealedPiece(
  job: JobWithContent,
  {
    piece,
    lease,
    slab,
    offset = 0,
    ...origin
  }: Omit<SealedFields, "contributors"> & Partial<SealedFields>,
): PiecesSealed {
  const lengthBytes = job.content.metainfo.geometry.pieceLengthBytes;
  return {
    torrent: job.id,
    slab,
    places: [piece, lease, offset, lengthBytes, 0],
    origins: [{ contributors: [], ...origin }],
  };
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
export function setCheckPool({ disks }: Pick<Engine, "disks">, pool: object): void {
  Object.assign(at(disks, 0).checkPool, pool);
}

/** Changes settings of a torrent, as a message of the user does. */
export function changeJob(engine: Engine, job: TorrentJob, changes: TorrentSettingChanges): void {
  changeTorrentSettings(engine, job, { torrent: job.id, changes });
}

// One torrent as the engine holds it: its parts and the numbers that several of them need. The parts decide;
// the files beside this one move it along (lifecycle, piece flow, peers, checking).

import {
  PieceMap,
  Total,
  TorrentTable,
  type AddTorrent,
  type JobCounters,
  type JobFacts,
  type DescriptorBudget,
  type LeaseId,
  type TorrentEvent,
  type TorrentFault,
  type TorrentId,
  type TorrentInfo,
  type TorrentState,
  packFiles,
  peersThatFit,
} from "@troupe/messages";
import type { Metainfo, PieceIndex } from "@troupe/protocol";
import type { Engine } from "../engine/engine-state.ts";
import type { DiskHandle } from "../engine/disk-handle.ts";
import type { PeerWorkerHandle } from "../engine/peer-worker-handle.ts";
import type { Announcer } from "../trackers/announcer.ts";
import { FilePriorities } from "../file-priorities.ts";
import { Choker } from "./choker.ts";
import { FailedAttempts } from "./failed-attempts.ts";
import type { LifecycleEffect } from "./lifecycle/events.ts";
import { faultOf, isTransferring, publicState } from "./lifecycle/run.ts";
import { TorrentLife } from "./lifecycle/torrent-life.ts";
import { PeerDirectory } from "./peer-directory.ts";
import { ConnectedPeers } from "./connected-peers.ts";
import { PieceLedger } from "./piece-ledger.ts";
import { PiecePicker } from "./piece-picker.ts";
import { WhyWatch } from "./why-watch.ts";

/** Shared memory of one torrent's peers in one peer-worker: with two million pieces a peer takes 250 KB of it. */
const tableBytesLimit = 64 * 1024 * 1024;
/** No torrent grants more leases than this: their numbers are unique in the engine. */
const leasesPerTorrent = 2 ** 32;

/** What a torrent is made from. */
export type TorrentIdentity = Pick<TorrentJob, "id" | "request" | "metainfo" | "peerId">;

/** Everything about one torrent. Created by `add-torrent`, dropped by `remove-torrent`. */
export class TorrentJob {
  readonly #descriptors: DescriptorBudget;
  readonly id: TorrentId;
  request: AddTorrent;
  readonly metainfo: Metainfo;
  readonly peerId: Uint8Array;
  /** What it does, and what the user wants of it. */
  readonly life: TorrentLife;
  /** Connections: as many as were asked for and memory allows. */
  maxPeers = 0;
  /** Fewer than that when the user has said so since. */
  peerLimit = 0;
  /** Of the device that its folder was on at the last start; the first before that. */
  disk: DiskHandle;
  /** The device has been found by the present start. */
  isDiskFound = false;
  readonly map: PieceMap;
  readonly ledger: PieceLedger;
  readonly picker: PiecePicker;
  /** What the user wants of it. */
  readonly files: FilePriorities;
  readonly directory: PeerDirectory;
  readonly peers = new ConnectedPeers();
  readonly choker = new Choker();
  readonly failedAttempts = new FailedAttempts();
  /** Half-filled copies on their way between workers, by the new lease. */
  readonly transfers = new Map<LeaseId, { peerWorker: PeerWorkerHandle; lease: LeaseId }>();
  /** One a peer-worker, in its order; replaced when the worker is. */
  readonly tables: TorrentTable[] = [];
  /** Counters of tables that were replaced. */
  readonly replacedTables = { downloadedBytes: 0, uploadedBytes: 0, wastedBytes: 0 };
  /** The disk has taken a piece since the torrent was added. */
  hasWritten = false;
  /** Bytes that came whole and failed their hash. */
  failedHashBytes = 0;
  /** Of all connected peers together, as of the last second. */
  readonly rates = { downBytesPerSecond: 0, upBytesPerSecond: 0 };
  readonly whyWatch = new WhyWatch();
  announcer: Announcer | undefined;
  /** Bytes of the runs before this engine; undefined until the record has been looked up. */
  earlierRuns: JobCounters | undefined;
  /** Addresses for the record: who answered lately, in this run and in earlier ones. */
  knownPeers: JobFacts["peers"] = [];
  /** Bytes moved when the file-worker was last told the figures. */
  savedBytes = 0;
  /** Since when the disk has refused pieces because no file could be opened; monotonic. */
  fileLimitSinceMs: number | undefined;
  /** Checks of its pieces under way, by the number that the front gave. */
  readonly hashChecks = new Map<number, AbortController>();
  /** Pieces that were had and are being looked at again; their state is `hashing`. */
  readonly suspects = new Set<PieceIndex>();
  /** Those of them that the next tick has hashed. */
  newSuspects: PieceIndex[] = [];
  /** Pieces found at its start are among the suspect: what lies on disk is not known before they are hashed. */
  isCheckGoingOn = false;
  /** Pieces believed after a cut, to be hashed as samples while it runs. */
  unsampled: Set<PieceIndex> = new Set();
  /** Files that the file-worker knows to be wanted by nobody. */
  settledUnwanted: readonly number[] = [];
  /** Events not yet handed to the front. */
  readonly outbox: TorrentEvent[] = [];
  /** They will be, as soon as the moment or the front's mailbox allows. */
  isFlushPlanned = false;
  droppedEvents = 0;

  /** @param carryOut Does what a change of its life wants done. */
  constructor(
    { id, request, metainfo, peerId }: TorrentIdentity,
    {
      context,
      options,
      addresses,
      disks,
    }: Pick<Engine, "context" | "options" | "addresses" | "disks">,
    carryOut: (job: TorrentJob, effect: LifecycleEffect) => void,
  ) {
    this.life = new TorrentLife((effect) => carryOut(this, effect));
    const [disk] = disks;
    if (disk === undefined) throw new Error("bug: an engine without places for file-workers");
    this.disk = disk;
    this.id = id;
    this.request = request;
    this.metainfo = metainfo;
    this.peerId = peerId;
    const { pieceCount } = metainfo.geometry;
    this.#descriptors = options.descriptors;
    this.sizeTables();
    this.map = new PieceMap(pieceCount);
    this.ledger = new PieceLedger(metainfo.geometry, this.map, id * leasesPerTorrent);
    this.directory = new PeerDirectory(context.random, addresses);
    this.picker = new PiecePicker(this.ledger, context.random, request.isSequential);
    this.files = new FilePriorities(metainfo.geometry, metainfo.files, request.priorities);
    for (const [piece, priority] of this.files.ofPieces.entries()) {
      if (priority !== 1) this.ledger.setPriority(piece as PieceIndex, priority);
    }
  }

  /** As many peers as are asked for, and fit; while no worker has a table of it. */
  sizeTables(): void {
    const fitting = peersThatFit(this.metainfo.geometry.pieceCount, tableBytesLimit);
    this.maxPeers = Math.min(this.request.maxPeers, fitting, this.#descriptors.peers);
    this.peerLimit = this.maxPeers;
  }

  /** One a file, in the torrent's order: plain data, to be kept and given again with `add-torrent`. */
  get priorities(): readonly number[] {
    return this.files.list();
  }

  /** As the user sees it. */
  get state(): TorrentState {
    return publicState(this.life.value);
  }

  /** What keeps it from running, or ended its last run. */
  get fault(): TorrentFault | undefined {
    return faultOf(this.life.run);
  }

  /** Connections stand and pieces may move. */
  get isRunning(): boolean {
    return isTransferring(this.life.run);
  }

  /** Bytes not had of the whole torrent, wanted or not: what trackers are told (BEP 3). */
  get missingBytes(): number {
    return this.metainfo.geometry.totalBytes - this.ledger.haveBytes;
  }

  /** One payload counter over all workers, those that are gone included. */
  total(field: "downloadedBytes" | "uploadedBytes" | "wastedBytes"): number {
    return this.tables.reduce(
      (sum, table) => sum + (table.totals[Total[field]] ?? 0),
      this.replacedTables[field],
    );
  }

  /** One table a worker that has been told of the torrent: connected peers that have each piece. */
  availability(): Uint16Array[] {
    // A worker that is being restarted since before the torrent started leaves a hole.
    return this.tables.filter((table) => table !== undefined).map((table) => table.availability);
  }

  /** Puts a fresh table in the place of a worker's old one and keeps what that one had counted. */
  renewTable(worker: number): TorrentTable {
    const old = this.tables[worker];
    if (old !== undefined) {
      for (const field of ["downloadedBytes", "uploadedBytes", "wastedBytes"] as const) {
        this.replacedTables[field] += old.totals[Total[field]] ?? 0;
      }
    }
    const table = new TorrentTable(this.metainfo.geometry.pieceCount, this.maxPeers);
    this.tables[worker] = table;
    return table;
  }

  info(): TorrentInfo {
    const { metainfo } = this;
    return {
      torrent: this.id,
      infoHash: metainfo.infoHash,
      name: metainfo.name,
      lengthBytes: metainfo.geometry.totalBytes,
      pieceLengthBytes: metainfo.geometry.pieceLengthBytes,
      pieces: metainfo.geometry.pieceCount,
      files: packFiles(metainfo.files),
      trackers: metainfo.trackers,
      isPrivate: metainfo.isPrivate,
      warnings: [...metainfo.warnings, ...this.#limitWarnings()],
    };
  }

  #limitWarnings(): string[] {
    const { maxPeers, request, metainfo } = this;
    if (maxPeers === request.maxPeers) return [];
    const { peers, limit } = this.#descriptors;
    if (maxPeers === peers) {
      return [
        `${maxPeers} connections at most, not ${request.maxPeers}: this process may have only ${limit} files and sockets open (ulimit -n)`,
      ];
    }
    const { pieceCount } = metainfo.geometry;
    return [
      `${maxPeers} connections at most, not ${request.maxPeers}: with ${pieceCount} pieces more would take too much memory`,
    ];
  }
}

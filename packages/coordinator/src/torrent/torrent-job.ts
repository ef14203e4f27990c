// A torrent as the engine holds it. Its fields are values and tables of their own; the files in the rooms beside this one
// act on them.

import {
  PieceMap,
  type AddTorrent,
  type TorrentFault,
  type TorrentId,
  type TorrentInfo,
  type TorrentState,
  packFiles,
} from "@troupe/messages";
import type { Metainfo, PieceIndex } from "@troupe/protocol";
import type { Engine } from "../engine/base/engine-state.ts";
import type { DiskHandle } from "../engine/base/disk-handle.ts";
import type { Announcer } from "../trackers/announcer.ts";
import { FilePriorities } from "../file-priorities.ts";
import { EarlierRuns } from "./storage/earlier-runs.ts";
import { Outbox } from "../engine/base/event-outbox.ts";
import { PeerLimits } from "./swarm/peer-limits.ts";
import { PieceChecks } from "./checks/piece-checks.ts";
import { StorageFacts } from "./storage/storage-facts.ts";
import { Traffic } from "./report/traffic.ts";
import { Choker } from "./swarm/choker.ts";
import { PieceAttempts } from "./pieces/piece-attempts.ts";
import type { LifecycleEffect } from "./lifecycle/events.ts";
import { faultOf, isTransferring, publicState } from "./lifecycle/run.ts";
import { TorrentLife } from "./lifecycle/torrent-life.ts";
import { PeerDirectory } from "./addresses/peer-directory.ts";
import { ConnectedPeers } from "./swarm/connected-peers.ts";
import { PieceLedger } from "./pieces/piece-ledger.ts";
import { PiecePicker } from "./pieces/piece-picker.ts";

/** A torrent grants fewer leases than this, so that lease numbers are unique in the engine. */
const leasesPerTorrent = 2 ** 32;

/** The fields that a torrent is made from. */
export type TorrentIdentity = Pick<TorrentJob, "id" | "request" | "metainfo" | "peerId">;

/** Everything about one torrent. Created by `add-torrent`, dropped by `remove-torrent`. */
export class TorrentJob {
  readonly id: TorrentId;
  request: AddTorrent;
  readonly metainfo: Metainfo;
  readonly peerId: Uint8Array;
  /** Its run, and the wish for it. */
  readonly life: TorrentLife;
  readonly limits: PeerLimits;
  /** The disk of the device that the folder was on at the last start; before the first start any disk. */
  disk: DiskHandle;
  readonly storage = new StorageFacts();
  readonly ledger: PieceLedger;
  readonly picker: PiecePicker;
  /** Priorities of files and pieces. */
  readonly files: FilePriorities;
  readonly directory: PeerDirectory;
  readonly peers = new ConnectedPeers();
  readonly choker = new Choker();
  readonly attempts = new PieceAttempts();
  readonly traffic: Traffic;
  announcer: Announcer | undefined;
  readonly earlierRuns = new EarlierRuns();
  readonly checks = new PieceChecks();
  readonly outbox = new Outbox();

  /** @param carryOut Carries out the effects of its transitions. */
  constructor(
    { id, request, metainfo, peerId }: TorrentIdentity,
    { context, options, network, disks }: Pick<Engine, "context" | "options" | "network" | "disks">,
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
    this.limits = new PeerLimits(options.descriptors, pieceCount);
    this.limits.sizeTables(request.maxPeers);
    this.traffic = new Traffic(pieceCount, this.limits);
    this.ledger = new PieceLedger(
      metainfo.geometry,
      new PieceMap(pieceCount),
      id * leasesPerTorrent,
    );
    this.directory = new PeerDirectory(context.random, network.addresses);
    this.picker = new PiecePicker(this.ledger, context.random, request.isSequential);
    this.files = new FilePriorities(metainfo.geometry, metainfo.files, request.priorities);
    for (const [piece, priority] of this.files.ofPieces.entries()) {
      if (priority !== 1) this.ledger.setPriority(piece as PieceIndex, priority);
    }
  }

  /** The priority of each file, in the order of the torrent: plain data, to be saved and given to `add-torrent` again. */
  get priorities(): readonly number[] {
    return this.files.list();
  }

  /** The state that the user sees. */
  get state(): TorrentState {
    return publicState(this.life.value);
  }

  /** The fault that keeps it from running, or that ended its last run. */
  get fault(): TorrentFault | undefined {
    return faultOf(this.life.run);
  }

  /** Connections stand and pieces may move. */
  get isRunning(): boolean {
    return isTransferring(this.life.run);
  }

  /** Bytes not had of the whole torrent, wanted or not, as announces report them (BEP 3). */
  get missingBytes(): number {
    return this.metainfo.geometry.totalBytes - this.ledger.haveBytes;
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
      warnings: [...metainfo.warnings, ...this.limits.warnings(this.request.maxPeers)],
    };
  }
}

// The contents of a torrent's metainfo, and all that is counted by piece.

import { LazyMap, type Random } from "@troupe/actor-runtime";
import type { torrentValue, TorrentSetting } from "@troupe/control";
import {
  packPadding,
  packPlaces,
  PieceMap,
  shareBytes,
  type AddTorrent,
  type LeaseId,
  type OpenTrees,
  type SharedBytes,
  type TorrentId,
} from "@troupe/messages";
import { DataBytes, type FileTrees, type Metainfo, PieceHashes } from "@troupe/protocol/metainfo";
import { blockDigestLength } from "@troupe/protocol/piece-digest";
import { maxMetadataBytes } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import type { PeerWorkerHandle } from "../engine/base/peer-worker-handle.ts";
import { FilePriorities } from "../file-priorities.ts";
import type { FailedPiece } from "./hashes/failed-piece.ts";
import { layersToFetch } from "./hashes/layers-to-fetch.ts";
import { HashFaults } from "./hashes/hash-faults.ts";
import type { LayerFetch } from "./hashes/layer-fetch.ts";
import { PieceChecks } from "./checks/piece-checks.ts";
import { PieceLedger } from "./pieces/piece-ledger.ts";
import type { DuePiece } from "./pieces/orders/deadlines.ts";
import { builtInOrder, type OrderChoice } from "./pieces/orders/built-in-order.ts";
import { makePicker, type PiecePicker } from "./pieces/piece-picker.ts";
import { Traffic } from "./report/traffic.ts";
import { FailedAttempts } from "./smart-ban/failed-attempts.ts";
import type { ShowPlan } from "./super-seeding/show-plan.ts";
import { WebSeeds } from "./web-seeds/web-seeds.ts";
import type { PeerLimits } from "./swarm/peer-limits.ts";

const noDeadlines: readonly DuePiece[] = [];
/** Keeps lease numbers unique in the engine. */
const leasesPerTorrent = 2 ** 32;

/** The source of a torrent without a link. */
export interface KnownContent {
  readonly metainfo: Metainfo;
  /** The dictionary, as in {@link TorrentContent}. */
  readonly info?: SharedBytes | undefined;
  /** The .torrent, until its hash layers are known. */
  readonly source?: SharedArrayBuffer | undefined;
}

interface ContentOwner {
  readonly id: TorrentId;
  readonly request: Omit<AddTorrent, "metainfo">;
  readonly limits: PeerLimits;
  setting<Name extends TorrentSetting>(name: Name): ReturnType<typeof torrentValue<Name>>;
}

/** A torrent's pieces and files. */
export class TorrentContent {
  readonly metainfo: Metainfo;
  /** The `info` dictionary for peers; undefined for a private torrent, or if it is too long for BEP 9. */
  readonly info: SharedBytes | undefined;
  /** The padding files, packed for peer-workers; undefined: none. */
  readonly padding: Uint8Array | undefined;
  readonly ledger: PieceLedger;
  readonly files: FilePriorities;
  readonly failedAttempts: FailedAttempts;
  /** Transferred pieces by their new lease. */
  readonly transfers = new LazyMap<LeaseId, { peerWorker: PeerWorkerHandle; lease: LeaseId }>();
  readonly checks = new PieceChecks();
  readonly traffic: Traffic;
  readonly webSeeds: WebSeeds;
  /** The deadlines that the user has set. */
  userDue: readonly DuePiece[] = noDeadlines;
  /** Hash layers that are not known yet; undefined: all are. */
  layers: LayerFetch | undefined;
  /** Files were found at the start: their pieces are hashed when their layers have come. */
  hasUnjudgedData = false;
  /** The .torrent without these layers. */
  source: SharedArrayBuffer | undefined;
  readonly hashFaults = new HashFaults();
  /** Pieces that wait for the hashes of their leaves. */
  readonly failedPieces = new LazyMap<PieceIndex, FailedPiece>();
  /** Undefined for version 1. */
  readonly trees: OpenTrees | undefined;
  /** Undefined while the torrent does not super-seed. */
  showPlan: ShowPlan | undefined;
  readonly #random: Random;
  readonly #owner: Pick<ContentOwner, "setting">;
  #picker: PiecePicker | undefined;

  constructor(
    metainfo: Metainfo,
    info: SharedBytes | undefined,
    owner: ContentOwner,
    random: Random,
  ) {
    const { id, request, limits } = owner;
    const { geometry } = metainfo;
    this.metainfo = metainfo;
    this.info = info;
    this.padding = packPadding(metainfo.files);
    this.webSeeds = new WebSeeds(metainfo, request, random);
    this.failedAttempts = new FailedAttempts(blockDigestLength(metainfo.pieceHashes.algorithm));
    this.traffic = new Traffic(geometry.pieceCount, limits);
    this.ledger = new PieceLedger(
      new DataBytes(geometry, metainfo.files),
      new PieceMap(geometry.pieceCount),
      id * leasesPerTorrent,
    );
    this.#random = random;
    this.#owner = owner;
    this.files = new FilePriorities(geometry, metainfo.files, request.priorities);
    for (const [piece, priority] of this.files.unusual()) this.ledger.setPriority(piece, priority);
    this.trees = openTrees(metainfo);
    this.layers = layersToFetch(metainfo);
    if (this.layers === undefined) return;
    this.layers.prefer((piece) => this.ledger.isWanted(piece as PieceIndex));
    // SHA-1 judges the pieces of a hybrid until their nodes come.
    if (metainfo.pieceHashes.algorithm === "merkle")
      this.ledger.withhold((piece) => metainfo.pieceHashes.isKnown(piece));
  }

  /** All hash layers are known. */
  endLayers(): void {
    this.layers = undefined;
    this.source = undefined;
    this.ledger.endWithholding();
  }

  /** The first use makes it: most seeds never pick a piece. */
  get picker(): PiecePicker {
    return (this.#picker ??= makePicker(this.ledger, this.#random, this.#orderChoice));
  }

  /** The settings ask for another order of pieces. */
  followOrder(): void {
    const choice = this.#orderChoice;
    const order = builtInOrder(this.ledger, this.#random, choice);
    this.#picker?.follow(order, choice);
  }

  get #orderChoice(): OrderChoice {
    const fromPiece = this.#owner.setting("fromPiece");
    return {
      isSequential: this.#owner.setting("sequential") || fromPiece !== undefined,
      ...(fromPiece !== undefined && { fromPiece }),
      ...(this.#owner.setting("firstLastPieces") && { ends: this.#endsOfFiles }),
    };
  }

  /** The first and the last piece of each file, ascending. */
  get #endsOfFiles(): PieceIndex[] {
    const ends = this.metainfo.files.flatMap(({ isPadding }, file) =>
      isPadding ? [] : (this.files.piecesOf(file) ?? []),
    );
    return [...new Set(ends)].toSorted((one, other) => one - other) as PieceIndex[];
  }

  /** The picker if it has been used. */
  get usedPicker(): PiecePicker | undefined {
    return this.#picker;
  }

  /** Missing bytes of the whole torrent without padding, wanted or not, as announces report them (BEP 3). */
  get missingBytes(): number {
    return this.ledger.dataBytes.totalBytes - this.ledger.haveBytes;
  }
}

/**
 * Takes the piece hashes, and the dictionary for peers, where they are in the .torrent: your thread, the engine and the
 * peer-workers have one copy.
 *
 * @param memory The .torrent that the metainfo was read from.
 */
export function sharedContent(metainfo: Metainfo, memory: SharedArrayBuffer): KnownContent {
  const { infoSpan, isPrivate, pieceHashesSpan, trees } = metainfo;
  const pieceHashes =
    pieceHashesSpan === undefined
      ? shared(metainfo.pieceHashes)
      : viewOf(metainfo.pieceHashes, memory, pieceHashesSpan);
  const length = infoSpan.end - infoSpan.start;
  const isServed = !isPrivate && length <= maxMetadataBytes;
  return {
    metainfo: { ...metainfo, pieceHashes, ...(trees && { trees: sharedTrees(trees) }) },
    source: memory,
    info: isServed ? { memory, start: infoSpan.start, length } : undefined,
  };
}

function viewOf(
  { algorithm }: PieceHashes,
  memory: SharedArrayBuffer,
  { start, end }: NonNullable<Metainfo["pieceHashesSpan"]>,
): PieceHashes {
  return new PieceHashes(algorithm, new Uint8Array(memory, start, end - start));
}

function sharedTrees({ pieceLayer, roots }: FileTrees): FileTrees {
  return { pieceLayer, roots: new Uint8Array(shareBytes(roots)) };
}

/** The trees for peer-workers. The hashes and roots are in shared memory already. */
function openTrees({ files, infoHashes, pieceHashes, trees }: Metainfo): OpenTrees | undefined {
  const { algorithm, bytes, pieceLayer } = pieceHashes;
  if (trees === undefined || algorithm === "sha1") return undefined;
  return {
    algorithm,
    pieceLayer,
    hashes: memoryOf(bytes),
    roots: { memory: memoryOf(trees.roots), start: 0, length: trees.roots.length },
    places: packPlaces(files),
    isAlone: infoHashes.v1 === undefined,
  };
}

/** The shared memory of hashes, where {@link sharedContent} has put them; a copy of others. */
function memoryOf(bytes: Uint8Array): SharedArrayBuffer {
  const { buffer } = bytes;
  return buffer instanceof SharedArrayBuffer ? buffer : shareBytes(bytes);
}

/** The hashes of version 2 lie in several places of a .torrent: they have memory of their own. */
function shared({ algorithm, bytes, pieceLayer }: PieceHashes): PieceHashes {
  return new PieceHashes(algorithm, new Uint8Array(shareBytes(bytes)), pieceLayer);
}

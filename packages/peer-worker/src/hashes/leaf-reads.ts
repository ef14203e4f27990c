// Leaves of pieces on a disk: a piece is read in parts and hashed here, one piece of a disk at a time.

import { pushRun, type BlocksRead } from "@troupe/messages";
import { TreeLayers, hashesOf, nodeBytes, rootOf } from "@troupe/protocol/merkle";
import { sha256 } from "@troupe/protocol/bytes";
import { pieceStart } from "@troupe/protocol/metainfo";
import type { HashRequest } from "@troupe/protocol/peer";
import { blockLengthBytes } from "@troupe/protocol/units";

import {
  leafReadBlocks,
  leafReadDeadlineMs,
  maxLeafBytesPerSecond,
  roomLookMs,
} from "../limits.ts";
import type { PeerWorker } from "../peer-worker.ts";
import type { SessionWithContent } from "../session/session.ts";
import type { DiskUploads } from "../upload/disk-uploads.ts";
import { wireBlockBytes } from "../upload/upload-queue.ts";
import { isAlike } from "./asked-hashes.ts";
import type { TorrentTrees, TreeFile } from "./torrent-trees.ts";

/** Leaves that a peer asks for. */
interface LeafRequest {
  readonly session: SessionWithContent;
  readonly request: HashRequest;
  readonly file: TreeFile;
  readonly piece: number;
}

/** A piece whose leaves are hashed. */
interface LeafRead extends LeafRequest {
  /** Bytes without padding. */
  readonly lengthBytes: number;
  readonly leaves: Uint8Array;
  /** Bytes hashed. */
  doneBytes: number;
  readonly answer: (hashes: Uint8Array | undefined) => void;
}

/** The reads for leaves on a disk. */
export class LeafReads {
  readonly #worker: PeerWorker;
  readonly #uploads: DiskUploads<SessionWithContent>;
  #read: LeafRead | undefined;
  #isReading = false;
  #isLookDue = false;
  #secondBytes = 0;

  constructor(worker: PeerWorker, uploads: DiskUploads<SessionWithContent>) {
    this.#worker = worker;
    this.#uploads = uploads;
  }

  /**
   * @param answer Called once with the range and its uncles; with undefined if the piece cannot be read.
   * @returns False while another piece is read.
   */
  begin(asked: LeafRequest, answer: LeafRead["answer"]): boolean {
    if (this.#read !== undefined) return false;
    const lengthBytes = dataBytesOf(asked);
    const leaves = new Uint8Array(Math.ceil(lengthBytes / blockLengthBytes) * nodeBytes);
    this.#read = { ...asked, lengthBytes, leaves, doneBytes: 0, answer };
    this.#readOn();
    return true;
  }

  /** More may be read. */
  beginSecond(): void {
    this.#secondBytes = 0;
    this.#readOn();
  }

  /** Reads the next part, as soon as there are memory, credit and budget of the second. */
  #readOn(): void {
    const read = this.#read;
    if (read === undefined || this.#isReading) return;
    if (isClosed(read.session)) return this.#end(read, undefined);
    const { file } = this.#uploads;
    if (this.#secondBytes >= maxLeafBytesPerSecond) return;
    if (file.credits === 0) return this.#lookLater();
    const { uploads, options, context } = this.#worker;
    let blocks = Math.min(
      leafReadBlocks,
      Math.ceil((read.lengthBytes - read.doneBytes) / blockLengthBytes),
    );
    let offset = uploads.allocate(blocks * wireBlockBytes);
    while (offset < 0 && blocks > 1) {
      blocks >>= 1;
      offset = uploads.allocate(blocks * wireBlockBytes);
    }
    if (offset < 0) return this.#lookLater();
    const lengthBytes = Math.min(blocks * blockLengthBytes, read.lengthBytes - read.doneBytes);
    const { content, torrent } = read.session;
    const position = pieceStart(content.geometry, read.piece) + read.doneBytes;
    const runs: number[] = [];
    pushRun(runs, { torrent: torrent.id, position, lengthBytes, offset });
    this.#isReading = true;
    this.#secondBytes += lengthBytes;
    content.leafReads++;
    const order = { slab: options.slab.id, gapBytes: 0, blockBytes: blockLengthBytes, runs };
    file
      .call("read-blocks", order, { deadlineMs: leafReadDeadlineMs })
      .then(
        (reply) => this.#came(read, offset, lengthBytes, reply),
        () => this.#came(read, offset, lengthBytes, undefined),
      )
      .catch((error: unknown) => context.fail(error));
  }

  #lookLater(): void {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    this.#worker.context.timers.after(roomLookMs, () => {
      this.#isLookDue = false;
      this.#readOn();
    });
  }

  /** @param reply Undefined: the file-worker is gone. */
  #came(read: LeafRead, offset: number, lengthBytes: number, reply: BlocksRead | undefined): void {
    const { slab, uploads } = this.#worker;
    const isRead = reply?.refused.length === 0;
    if (isRead) hashLeaves(read, slab.subarray(offset, offset + lengthBytes));
    uploads.free(offset);
    this.#isReading = false;
    read.session.content.leafReads--;
    if (!isRead) this.#end(read, undefined);
    else if (read.doneBytes === read.lengthBytes) this.#end(read, answerOf(read));
    else this.#readOn();
    read.session.torrent.finishCloseWhenUnused();
  }

  #end(read: LeafRead, hashes: Uint8Array | undefined): void {
    this.#read = undefined;
    read.answer(hashes);
  }
}

function isClosed({ wire }: SessionWithContent): boolean {
  return wire.phase === "closed";
}

/** Bytes of the file in the piece. */
function dataBytesOf({ file, piece, session }: LeafRequest): number {
  const { pieceLengthBytes } = session.content.geometry;
  return Math.min(
    pieceLengthBytes,
    file.lengthBytes - (piece - file.firstPiece) * pieceLengthBytes,
  );
}

function hashLeaves(read: LeafRead, bytes: Uint8Array): void {
  let at = (read.doneBytes / blockLengthBytes) * nodeBytes;
  for (let begin = 0; begin < bytes.length; begin += blockLengthBytes) {
    read.leaves.set(sha256(bytes.subarray(begin, begin + blockLengthBytes)), at);
    at += nodeBytes;
  }
  read.doneBytes += bytes.length;
}

/** @returns Undefined if the bytes on the disk are not those of the piece, or if it was lost meanwhile. */
function answerOf({ file, leaves, piece, request, session }: LeafRead): Uint8Array | undefined {
  const { pieceMap, trees } = session.content;
  if (trees === undefined || !pieceMap.has(piece)) return undefined;
  if (!isAlike(rootOf(leaves, 0, trees.pieceLayer), trees.nodeOf(piece))) return undefined;
  const below = layersBelow(leaves);
  const first = piece - file.firstPiece;
  return hashesOf(request, (layer, index) =>
    isInPiece(trees, file, layer)
      ? below.nodeAt(layer, index - first * 2 ** (trees.pieceLayer - layer))
      : trees.layersOf(file).nodeAt(layer, index),
  );
}

/** Nodes of lower layers are those of the piece itself. */
function isInPiece({ pieceLayer }: TorrentTrees, { height }: TreeFile, layer: number): boolean {
  return layer < pieceLayer || height <= pieceLayer;
}

function layersBelow(leaves: Uint8Array): TreeLayers {
  const count = leaves.length / nodeBytes;
  const layers = new TreeLayers({ bytes: leaves, offset: 0, strideBytes: nodeBytes, count }, 0);
  layers.prepare(count);
  return layers;
}

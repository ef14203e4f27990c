// Answers the requests of the other side, over one connection.

import { pieceLength, pieceStart } from "@troupe/protocol/metainfo";
import {
  blockHeaderBytes,
  rejectBytes,
  stateMessageBytes,
  writeBlockHeader,
  writeReject,
  writeUnchoke,
} from "@troupe/protocol/peer";
import type { BrokenRule } from "./broken-rules.ts";
import { type GroupShared, mostWaitingRequests } from "./group-shared.ts";
import { Line } from "./line.ts";
import type { LightPeer } from "./light-peer.ts";
import type { OutWire } from "./out-wire.ts";
import { RequestList } from "./request-list.ts";
import type { BufferWaiter, UploadBuffer } from "./upload-buffers.ts";

/** Bound of libtorrent and Transmission too: longer requests are refused. */
const longestRequestBytes = 131_072;

/** Buffers of a peer on a line with a delay that wait for their time. */
const mostLateBuffers = 8;

/** The connection of an uploader. */
export interface UploadWire {
  readonly isFast: boolean;
  readonly isOpen: boolean;
  readonly out: OutWire;
  breakRule(rule: BrokenRule): void;
}

/** Serves every request in its order, as the line allows. */
export class Uploader implements BufferWaiter {
  readonly #group: GroupShared;
  readonly #peer: LightPeer;
  readonly #wire: UploadWire;
  readonly #line: Line | undefined;
  #list: RequestList | undefined;
  #isChoking = true;
  /** Buffers that are not written yet. */
  #writing = 0;
  #isWaiting = false;
  #shownPiece = -1;
  #shownMs = 0;

  constructor(group: GroupShared, peer: LightPeer, wire: UploadWire) {
    this.#group = group;
    this.#peer = peer;
    this.#wire = wire;
    const { upBytesPerSecond } = group.settings;
    if (upBytesPerSecond !== undefined) this.#line = new Line(upBytesPerSecond, group.nowMs());
  }

  /** The other side is interested. */
  interested(): void {
    if (!this.#isChoking || !this.#group.serves) return;
    this.#isChoking = false;
    writeUnchoke(this.#group.outbox, this.#wire.out.room(stateMessageBytes));
  }

  /** The peer has sent a `have` for the piece. */
  shown(piece: number): void {
    this.#shownPiece = piece;
    this.#shownMs = this.#group.nowMs();
  }

  request(piece: number, begin: number, lengthBytes: number): void {
    const isInside = this.#isInside(piece, begin, lengthBytes);
    if (!isInside) this.#wire.breakRule("request-out-of-range");
    if (!isInside || !this.#isServed(piece)) return this.#reject(piece, begin, lengthBytes);
    if (piece === this.#shownPiece) {
      this.#shownPiece = -1;
      this.#group.settings.recorder.sample("have_request", this.#shownMs, this.#group.nowMs());
    }
    this.#list ??= new RequestList();
    this.#list.add(piece, begin, lengthBytes, 0);
  }

  cancel(piece: number, begin: number): void {
    const list = this.#list;
    if (list?.take(piece, begin) === true) this.#reject(piece, begin, list.takenLengthBytes);
  }

  /** Sends what the line allows. */
  serve(): void {
    const most = this.#group.settings.delayMs > 0 ? mostLateBuffers : 1;
    if (this.#writing >= most || this.#isWaiting || (this.#list?.count ?? 0) === 0) return;
    const waitMs = this.#line?.waitMs(this.#group.nowMs()) ?? 0;
    if (waitMs > 0) {
      this.#isWaiting = true;
      return this.#group.due.add(this.#group.nowMs() + waitMs, this);
    }
    const buffer = this.#group.uploads.take(this);
    if (buffer === undefined) this.#isWaiting = true;
    else this.#fill(buffer);
  }

  due(): void {
    this.#isWaiting = false;
    if (this.#wire.isOpen) this.serve();
  }

  useBuffer(buffer: UploadBuffer): void {
    this.#isWaiting = false;
    if (this.#wire.isOpen && (this.#list?.count ?? 0) > 0) this.#fill(buffer);
    else this.#group.uploads.give(buffer);
  }

  /** The buffer is written, or the connection has ended. */
  written(payloadBytes: number): void {
    this.#writing--;
    this.#wire.out.blocksWritten(payloadBytes);
    if (!this.#wire.isOpen) return;
    this.#group.settings.recorder.count("bytes_up", payloadBytes);
    this.#peer.uploaded(payloadBytes);
    if (this.#wire.isOpen) this.serve();
  }

  closed(): void {
    this.#list?.clear();
    this.#group.uploads.forget(this);
  }

  #fill(buffer: UploadBuffer): void {
    const { bytes } = buffer;
    const { content } = this.#group.settings.torrent;
    const list = this.#list;
    let at = 0;
    buffer.payloadBytes = 0;
    while (list !== undefined && content !== undefined) {
      if (at > 0 && (this.#line?.waitMs(this.#group.nowMs()) ?? 0) > 0) break;
      if (at + this.#nextBytes(list) > bytes.length || !list.takeFirst()) break;
      const { takenPiece, takenBegin, takenLengthBytes } = list;
      const from = writeBlockHeader(bytes, at, takenPiece, takenBegin, takenLengthBytes);
      const position = pieceStart(this.#group.geometry, takenPiece) + takenBegin;
      content.copyTo(position, takenLengthBytes, bytes, from);
      at = from + takenLengthBytes;
      this.#line?.take(takenLengthBytes);
      buffer.payloadBytes += takenLengthBytes;
    }
    this.#writing++;
    buffer.owner = this;
    this.#wire.out.sendBlocks(bytes.subarray(0, at), buffer.payloadBytes, buffer.written);
    this.serve();
  }

  #nextBytes(list: RequestList): number {
    return blockHeaderBytes + list.firstLengthBytes;
  }

  #isInside(piece: number, begin: number, lengthBytes: number): boolean {
    const { geometry } = this.#group;
    return (
      piece < geometry.pieceCount &&
      lengthBytes > 0 &&
      lengthBytes <= longestRequestBytes &&
      begin + lengthBytes <= pieceLength(geometry, piece)
    );
  }

  /** No BEP forbids a request that is refused here. */
  #isServed(piece: number): boolean {
    if (this.#isChoking || !this.#peer.own.has(piece)) return false;
    return (this.#list?.count ?? 0) < mostWaitingRequests;
  }

  #reject(piece: number, begin: number, lengthBytes: number): void {
    if (!this.#wire.isFast) return;
    writeReject(this.#group.outbox, this.#wire.out.room(rejectBytes), piece, begin, lengthBytes);
  }
}

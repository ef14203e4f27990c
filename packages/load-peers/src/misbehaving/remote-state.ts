// The state of the other side, as a misbehaving peer knows it: its handshake, its pieces, its requests, and whether we may
// send requests. Other messages are skipped; blocks are never kept.

import { readUint32 } from "@troupe/protocol/bytes";
import { ProtocolError } from "@troupe/protocol/errors";
import {
  FastMessageId,
  decodeHashRequest,
  decodeMetadataMessage,
  handshakeLengthBytes,
  HashMessageId,
  type HashRequest,
  hashRequestBytes,
  MessageId,
  type MetadataMessage,
} from "@troupe/protocol/peer";

/** Requests kept; a peer that does not look at them loses the newest. */
const mostAsked = 1_000;
/** Bytes of a message that are looked at: prefix, id and three numbers. */
const longestHeadBytes = 17;
/** Longest extended message that is read: a request for metadata is shorter. */
const longestMetadataRequestBytes = 60;

/** Longest request that is answered; longer ones are not kept, because an answer takes as much memory. */
const longestRequestBytes = 131_072;

/** The id of `ut_metadata` that misbehaving peers give it. */
export const hostileMetadataId = 3;

/** A request of the other side. */
export interface BlockRequest {
  readonly piece: number;
  readonly begin: number;
  readonly lengthBytes: number;
}

/** Understands the bytes of one connection. */
export class RemoteState {
  handshake: Uint8Array | undefined;
  readonly requests: BlockRequest[] = [];
  /** Blocks of metadata that the other side requests. */
  readonly metadataRequests: number[] = [];
  /** Hash requests of the other side (BEP 52). */
  readonly hashRequests: HashRequest[] = [];
  isUnchoked = false;
  /** The lowest-numbered piece of its first bitfield, or the first `have`. */
  firstPiece: number | undefined;
  #unread: Uint8Array = new Uint8Array(0);
  /** Bytes of a message's rest that are passed over. */
  #skipBytes = 0;
  /** Bytes of the message that have passed, and whether they are of a bitfield. */
  #passedBytes = 0;
  #isBitfield = false;

  receive(chunk: Uint8Array): void {
    let bytes = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    for (;;) {
      const usedBytes = this.#take(bytes);
      if (usedBytes === 0) break;
      bytes = bytes.subarray(usedBytes);
    }
    // At most a handshake or the head of a message. Copied: the chunk is lent.
    this.#unread = new Uint8Array(bytes);
  }

  /** @returns Bytes used; 0 when more are needed. */
  #take(bytes: Uint8Array): number {
    if (this.#skipBytes > 0) return this.#pass(bytes);
    if (this.handshake === undefined) {
      if (bytes.length < handshakeLengthBytes) return 0;
      this.handshake = new Uint8Array(bytes.subarray(0, handshakeLengthBytes));
      return handshakeLengthBytes;
    }
    if (bytes.length < 4) return 0;
    const lengthBytes = readUint32(bytes, 0);
    if (lengthBytes === 0) return 4;
    if (bytes.length < 5) return 0;
    const id = bytes[4] ?? 0;
    if (4 + lengthBytes <= longestHeadBytes && id !== MessageId.bitfield) {
      if (bytes.length < 4 + lengthBytes) return 0;
      this.#note(id, bytes);
      return 4 + lengthBytes;
    }
    if (id === HashMessageId.request && lengthBytes === hashRequestBytes) {
      if (bytes.length < 4 + lengthBytes) return 0;
      if (this.hashRequests.length < mostAsked)
        this.hashRequests.push(decodeHashRequest(bytes.subarray(5)));
      return 4 + lengthBytes;
    }
    if (id === MessageId.extended && lengthBytes <= longestMetadataRequestBytes) {
      if (bytes.length < 4 + lengthBytes) return 0;
      this.#noteExtended(bytes[5] ?? 0, bytes.subarray(6, 4 + lengthBytes));
      return 4 + lengthBytes;
    }
    this.#skipBytes = lengthBytes - 1;
    this.#passedBytes = 0;
    this.#isBitfield = id === MessageId.bitfield;
    return 5;
  }

  #pass(bytes: Uint8Array): number {
    const passed = bytes.subarray(0, Math.min(this.#skipBytes, bytes.length));
    if (this.#isBitfield && this.firstPiece === undefined) {
      const at = passed.findIndex((byte) => byte !== 0);
      if (at >= 0) {
        this.firstPiece = 8 * (this.#passedBytes + at) + Math.clz32(passed[at] ?? 0) - 24;
      }
    }
    this.#passedBytes += passed.length;
    this.#skipBytes -= passed.length;
    return passed.length;
  }

  #noteExtended(id: number, payload: Uint8Array): void {
    const message = id === hostileMetadataId ? readMetadataMessage(payload) : undefined;
    if (message?.type === "request" && this.metadataRequests.length < mostAsked)
      this.metadataRequests.push(message.block);
  }

  #note(id: number, bytes: Uint8Array): void {
    if (id === MessageId.unchoke) this.isUnchoked = true;
    else if (id === MessageId.choke) this.isUnchoked = false;
    else if (id === FastMessageId.haveAll) this.firstPiece ??= 0;
    else if (id === MessageId.have) this.firstPiece ??= readUint32(bytes, 5);
    else if (id === MessageId.request && this.requests.length < mostAsked) {
      const lengthBytes = readUint32(bytes, 13);
      if (lengthBytes > longestRequestBytes) return;
      this.requests.push({ piece: readUint32(bytes, 5), begin: readUint32(bytes, 9), lengthBytes });
    }
  }
}

/** @returns Undefined for bytes that are no message of BEP 9: the other side may misbehave as well. */
function readMetadataMessage(payload: Uint8Array): MetadataMessage | undefined {
  try {
    return decodeMetadataMessage(payload);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

// The other side of a connection, as a test plays it.

import { addressKey } from "@troupe/protocol/address";
import { readUint16, readUint32, writeUint32 } from "@troupe/protocol/bytes";
import {
  FastMessageId,
  HashMessageId,
  type HashRequest,
  decodeHashRequest,
  hashRequestBytes,
  MessageId,
  blockHeaderBytes,
  cancelBytes,
  type ExtendedHandshake,
  decodeExtendedHandshake,
  decodeMetadataMessage,
  decodePeerExchange,
  encodeExtendedHandshake,
  encodeHandshake,
  encodePeerExchange,
  handshakeLengthBytes,
  haveBytes,
  portBytes,
  rejectBytes,
  requestBytes,
  type PexPeer,
  writeBitfield,
  writeBlockHeader,
  writeCancel,
  writeHave,
  writePort,
  writeReject,
  writeRequest,
} from "@troupe/protocol/peer";
import type { InfoHash } from "@troupe/protocol/units";
import { bitsOf } from "@troupe/protocol/testing";

import type { FakeStream } from "./fake-stream.ts";

/** The byte of every test torrent at a position. */
export function contentAt(position: number): number {
  return (position * 31 + (position >> 8) * 7 + (position >> 14)) & 0xff;
}

/** Bytes of every test torrent. */
export function content(position: number, lengthBytes: number): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  for (let at = 0; at < lengthBytes; at++) bytes[at] = contentAt(position + at);
  return bytes;
}

/** The peer's id of `ut_metadata`, and ours. */
const peersMetadataId = 3;
const ourMetadataId = 1;
/** The peer's id of `ut_pex`, and ours. */
const peersExchangeId = 4;
const ourExchangeId = 2;

/** The actions of a peer in bytes, and the messages that it receives in words. */
export class ScriptedPeer {
  readonly stream: FakeStream;
  readonly #pieceLengthBytes: number;
  #unread: Uint8Array = new Uint8Array(0);
  #hasHandshake = false;
  /** Payload of the blocks it was sent, by `piece begin`. */
  readonly blocks: Map<string, Uint8Array> = new Map<string, Uint8Array>();
  /** Blocks of the metadata, by number. */
  readonly metadataBlocks: Map<number, Uint8Array> = new Map<number, Uint8Array>();
  /** Peers that were named to it, and those that left, as `host:port flags` and `host:port`. */
  readonly named: { readonly added: string[]; readonly dropped: string[] }[] = [];
  /** Extension handshakes that it was sent. */
  readonly handshakes: ExtendedHandshake[] = [];
  /** Answers to hash requests, with their hashes. */
  readonly hashes: { readonly request: HashRequest; readonly hashes: Uint8Array }[] = [];

  constructor(stream: FakeStream, pieceLengthBytes: number) {
    this.stream = stream;
    this.#pieceLengthBytes = pieceLengthBytes;
  }

  /** Our id of `ut_metadata`, as the last handshake has it. */
  get metadataId(): number {
    return this.handshakes.at(-1)?.extensions.get("ut_metadata") ?? ourMetadataId;
  }

  get isClosed(): boolean {
    return this.stream.isClosed;
  }

  /** @param id One character that fills the peer id. */
  shakeHands(infoHash: InfoHash, id: string, reserved?: Uint8Array): void {
    const peerId = new Uint8Array(20).fill(id.charCodeAt(0));
    this.stream.arrive(
      encodeHandshake({ infoHash, peerId, ...(reserved !== undefined && { reserved }) }),
    );
  }

  /** @param port Where it says that it listens. */
  extended(requestQueue: number, port?: number): void {
    const handshake = { client: "scripted", requestQueue, ...(port !== undefined && { port }) };
    this.stream.arrive(encodeExtendedHandshake(handshake));
  }

  /** Offers metadata of so many bytes, or the extension alone. @param id 0 takes the offer back. */
  offerMetadata(sizeBytes?: number, id: number = peersMetadataId): void {
    const size = sizeBytes === undefined ? {} : { metadataSize: sizeBytes };
    const extensions = { ut_metadata: id };
    this.stream.arrive(
      encodeExtendedHandshake({ client: "scripted", requestQueue: 250, extensions, ...size }),
    );
  }

  /** Sends a message of `ut_metadata` as BEP 9 spells it, under our id. */
  metadata(dictionary: string, block: Uint8Array = new Uint8Array(0)): void {
    const text = Buffer.from(dictionary);
    const head = [MessageId.extended, this.metadataId];
    const message = Buffer.concat([Buffer.alloc(4), Buffer.from(head), text, block]);
    writeUint32(message, 0, message.length - 4);
    this.stream.arrive(message);
  }

  /** @param id 0 takes the offer back. */
  offerPeerExchange(id: number = peersExchangeId): void {
    const extensions = { ut_pex: id };
    this.stream.arrive(
      encodeExtendedHandshake({ client: "scripted", requestQueue: 250, extensions }),
    );
  }

  /** Names peers, under our id of `ut_pex`. */
  namePeers(...added: PexPeer[]): void {
    this.stream.arrive(encodePeerExchange(ourExchangeId, { added, dropped: [] }));
  }

  /** Sends a message of `ut_pex` as BEP 11 spells it, under our id. */
  peerExchange(dictionary: string): void {
    const payload = Buffer.from(dictionary, "latin1");
    this.frame(payload.length + 2, MessageId.extended, ourExchangeId, ...payload);
  }

  requestMetadata(...blocks: number[]): void {
    for (const block of blocks) this.metadata(`d8:msg_typei0e5:piecei${block}ee`);
  }

  rejectMetadata(block: number): void {
    this.metadata(`d8:msg_typei2e5:piecei${block}ee`);
  }

  /** @param totalBytes Left out of the message if undefined. */
  metadataBlock(block: number, bytes: Uint8Array, totalBytes?: number): void {
    const total = totalBytes === undefined ? "" : `10:total_sizei${totalBytes}e`;
    this.metadata(`d8:msg_typei1e5:piecei${block}e${total}e`, bytes);
  }

  /** @param lengthBytes Id included. */
  frame(lengthBytes: number, id: number, ...payload: number[]): void {
    const head = [lengthBytes >>> 24, lengthBytes >>> 16, lengthBytes >>> 8, lengthBytes, id];
    this.stream.arrive(Uint8Array.from([...head, ...payload]));
  }

  keepAlive(): void {
    this.stream.arrive(new Uint8Array(4));
  }

  choke(): void {
    this.frame(1, MessageId.choke);
  }

  unchoke(): void {
    this.frame(1, MessageId.unchoke);
  }

  interested(): void {
    this.frame(1, MessageId.interested);
  }

  notInterested(): void {
    this.frame(1, MessageId.notInterested);
  }

  haveAll(): void {
    this.frame(1, FastMessageId.haveAll);
  }

  haveNone(): void {
    this.frame(1, FastMessageId.haveNone);
  }

  allowedFast(...pieces: number[]): void {
    for (const piece of pieces) this.frame(5, FastMessageId.allowedFast, 0, 0, piece >> 8, piece);
  }

  suggest(...pieces: number[]): void {
    for (const piece of pieces) this.frame(5, FastMessageId.suggest, 0, 0, piece >> 8, piece);
  }

  /** Rejects requests as it heard them: `request 3 16384 16384`. */
  rejectAll(requests: readonly string[]): void {
    for (const request of requests) {
      const [word, ...place] = request.split(" ");
      const [piece = 0, begin = 0, lengthBytes = 0] = place.map(Number);
      if (word === "request") this.reject(piece, begin, lengthBytes);
    }
  }

  reject(piece: number, begin: number, lengthBytes: number = 16_384): void {
    const bytes = new Uint8Array(rejectBytes);
    writeReject(bytes, 0, piece, begin, lengthBytes);
    this.stream.arrive(bytes);
  }

  have(...pieces: number[]): void {
    const bytes = new Uint8Array(pieces.length * haveBytes);
    pieces.reduce((at, piece) => writeHave(bytes, at, piece), 0);
    this.stream.arrive(bytes);
  }

  /** @param picture One character a piece, `#` for those it has. */
  bitfield(picture: string): void {
    const bits = bitsOf(picture);
    const bytes = new Uint8Array(5 + bits.length);
    writeBitfield(bytes, 0, bits);
    this.stream.arrive(bytes);
  }

  request(piece: number, begin: number, lengthBytes: number = 16_384): void {
    const bytes = new Uint8Array(requestBytes);
    writeRequest(bytes, 0, piece, begin, lengthBytes);
    this.stream.arrive(bytes);
  }

  cancel(piece: number, begin: number, lengthBytes: number = 16_384): void {
    const bytes = new Uint8Array(cancelBytes);
    writeCancel(bytes, 0, piece, begin, lengthBytes);
    this.stream.arrive(bytes);
  }

  /** Names the port of its DHT node. */
  port(port: number): void {
    const bytes = new Uint8Array(portBytes);
    writePort(bytes, 0, port);
    this.stream.arrive(bytes);
  }

  /** Sends a block of the torrent's content, or as much of the message as `onlyBytes` says. */
  block(piece: number, begin: number, lengthBytes: number = 16_384, onlyBytes?: number): void {
    const bytes = this.#blockMessage(piece, begin, lengthBytes);
    this.stream.arrive(bytes.subarray(0, onlyBytes ?? bytes.length));
  }

  /** Answers requests as it heard them: `request 3 16384 16384`. */
  answer(requests: readonly string[]): void {
    for (const request of requests) {
      const [word, piece, begin, lengthBytes] = request.split(" ");
      if (word === "request") this.block(Number(piece), Number(begin), Number(lengthBytes));
    }
  }

  /** Answers all that it heard in one chunk: requests that follow a pause in it are answered too. */
  answerInOneChunk(requests: readonly string[]): void {
    const messages = requests.flatMap((request) => {
      const [word, piece, begin, lengthBytes] = request.split(" ");
      if (word !== "request") return [];
      return [this.#blockMessage(Number(piece), Number(begin), Number(lengthBytes))];
    });
    this.stream.arrive(new Uint8Array(Buffer.concat(messages)));
  }

  /** @returns What it has heard since the last time, in words; handshakes are checked off by the first. */
  takeMessages(): string[] {
    this.#append(this.stream.takeSent());
    const words: string[] = [];
    if (!this.#hasHandshake && this.#unread.length >= handshakeLengthBytes) {
      this.#hasHandshake = true;
      this.#unread = this.#unread.slice(handshakeLengthBytes);
      words.push("handshake");
    }
    let at = 0;
    while (this.#hasHandshake && this.#unread.length >= at + 4) {
      const end = at + 4 + readUint32(this.#unread, at);
      if (this.#unread.length < end) break;
      words.push(this.#wordFor(this.#unread.subarray(at + 4, end)));
      at = end;
    }
    this.#unread = this.#unread.slice(at);
    return words;
  }

  /** Takes only messages that begin with `word`. */
  takeMessagesOf(word: string): string[] {
    return this.takeMessages().filter((message) => message.startsWith(word));
  }

  #blockMessage(piece: number, begin: number, lengthBytes: number): Uint8Array {
    const bytes = new Uint8Array(blockHeaderBytes + lengthBytes);
    writeBlockHeader(bytes, 0, piece, begin, lengthBytes);
    bytes.set(content(piece * this.#pieceLengthBytes + begin, lengthBytes), blockHeaderBytes);
    return bytes;
  }

  #hashWords(message: Uint8Array): string {
    const request = decodeHashRequest(message.subarray(1));
    const { baseLayer, index, length, proofLayers } = request;
    const place = `${baseLayer} ${index} ${length} ${proofLayers}`;
    if (message[0] === HashMessageId.request) return `hash-request ${place}`;
    if (message[0] === HashMessageId.reject) return `hash-reject ${place}`;
    this.hashes.push({ request, hashes: message.slice(hashRequestBytes) });
    return `hashes ${place}`;
  }

  #append(bytes: Uint8Array): void {
    const all = new Uint8Array(this.#unread.length + bytes.length);
    all.set(this.#unread);
    all.set(bytes, this.#unread.length);
    this.#unread = all;
  }

  #wordFor(message: Uint8Array): string {
    const place = (): string => `${readUint32(message, 1)} ${readUint32(message, 5)}`;
    switch (message[0]) {
      case undefined:
        return "keep-alive";
      case MessageId.choke:
        return "choke";
      case MessageId.unchoke:
        return "unchoke";
      case MessageId.interested:
        return "interested";
      case MessageId.notInterested:
        return "not-interested";
      case MessageId.have:
        return `have ${readUint32(message, 1)}`;
      case MessageId.bitfield:
        return `bitfield ${Buffer.from(message.subarray(1)).toString("hex")}`;
      case MessageId.request:
        return `request ${place()} ${readUint32(message, 9)}`;
      case MessageId.cancel:
        return `cancel ${place()} ${readUint32(message, 9)}`;
      case HashMessageId.request:
      case HashMessageId.hashes:
      case HashMessageId.reject:
        return this.#hashWords(message);
      case MessageId.piece:
        this.blocks.set(place(), message.slice(9));
        return `block ${place()} ${message.length - 9}`;
      case FastMessageId.haveAll:
        return "have-all";
      case FastMessageId.haveNone:
        return "have-none";
      case FastMessageId.allowedFast:
        return `allowed-fast ${readUint32(message, 1)}`;
      case FastMessageId.suggest:
        return `suggest ${readUint32(message, 1)}`;
      case FastMessageId.reject:
        return `reject ${place()} ${readUint32(message, 9)}`;
      case MessageId.port:
        return `port ${readUint16(message, 1)}`;
      case MessageId.extended:
        return this.#wordForExtended(message[1] ?? 0, message.subarray(2));
      default:
        return `message ${message[0]}`;
    }
  }

  #wordForExtended(id: number, payload: Uint8Array): string {
    if (id === 0) this.handshakes.push(decodeExtendedHandshake(payload));
    if (id === peersExchangeId) return this.#wordForPeers(payload);
    if (id !== peersMetadataId) return `extended ${id}`;
    const message = decodeMetadataMessage(payload);
    if (message?.type !== "data") return `metadata-${message?.type} ${message?.block}`;
    this.metadataBlocks.set(message.block, message.bytes.slice());
    return `metadata-block ${message.block} ${message.bytes.length} of ${message.totalBytes}`;
  }

  #wordForPeers(payload: Uint8Array): string {
    const { added, dropped } = decodePeerExchange(payload, 1_000);
    this.named.push({
      added: added.map(({ host, port, flags }) => `${addressKey(host, port)} ${flags}`),
      dropped: dropped.map(({ host, port }) => addressKey(host, port)),
    });
    return `peers ${added.length} ${dropped.length}`;
  }
}

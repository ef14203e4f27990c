// One connection of a light peer: the handshake, the messages of the other side, and one write for each event.

import type { Stream, StreamHandlers } from "@troupe/actor-runtime";
import { ProtocolError } from "@troupe/protocol/errors";
import { FrameReader, type FrameSink, lentBlock } from "@troupe/protocol/frames";
import {
  decodeExtendedHandshake,
  encodeHandshake,
  type Handshake,
  haveBytes,
  ownReservedBits,
  supportsExtended,
  supportsFast,
  writeHave,
} from "@troupe/protocol/peer";
import type { BrokenRule } from "./broken-rules.ts";
import { EncryptedDial } from "./encrypted-dial.ts";
import type { GroupShared } from "./group-shared.ts";
import type { LightPeer } from "./light-peer.ts";
import { HandshakeGate } from "./handshake-gate.ts";
import { OutWire } from "./out-wire.ts";
import type { DialedStream } from "./peer-dialer.ts";
import { PieceSet } from "./own-pieces.ts";
import { Requester, type RequestsEnd, type RequestWire } from "./requester.ts";
import { tellPieces } from "./tell-pieces.ts";
import { Uploader, type UploadWire } from "./uploader.ts";

const maxExtendedBytes = 65_536;
/** Why a peer leaves that comes again while its last visit is not over. */
export const nextVisit = "next visit";
const noMemory = new Uint8Array(0);

/** The life of a connection: each phase leads to the next one only, or to `closed`. */
type Phase = "opening" | "encrypting" | "shaking" | "talking" | "closed";

/** Speaks with the target for one peer. */
export class Connection implements StreamHandlers, FrameSink, UploadWire, RequestWire {
  /** Blocks are lent, never copied. */
  readonly blockMemory: Uint8Array = noMemory;
  readonly remote: PieceSet;
  readonly requester: Requester;
  readonly #group: GroupShared;
  readonly #peer: LightPeer;
  #uploader: Uploader | undefined;
  #stream: DialedStream | undefined;
  #out: OutWire | undefined;
  #encrypted: EncryptedDial | undefined;
  #reader: FrameReader | undefined;
  /** Until the handshake of the other side. */
  #gate: HandshakeGate | undefined = new HandshakeGate();
  #phase: Phase = "opening";
  #isFast = false;
  #isExtended = false;
  readonly #dialledMs: number;
  /** When the present handshake began: that of the encryption, or the peer's. */
  #shakingMs = 0;
  #eventMs = 0;
  #receivedBytes = 0;
  #receivedBlocks = 0;

  constructor(group: GroupShared, peer: LightPeer) {
    this.#group = group;
    this.#peer = peer;
    this.remote = new PieceSet(group.bits);
    this.requester = new Requester(group, peer, this);
    this.#dialledMs = group.nowMs();
  }

  get isFast(): boolean {
    return this.#isFast;
  }

  get isOpen(): boolean {
    return this.#phase === "talking";
  }

  get #isShaking(): boolean {
    return this.#phase === "encrypting" || this.#phase === "shaking";
  }

  /** Time for which it has waited for the other side to connect, or to shake hands. */
  get waitedMs(): number {
    const sinceMs = this.#phase === "opening" ? this.#dialledMs : this.#shakingMs;
    return this.#group.nowMs() - sinceMs;
  }

  /** The stream that the connection goes over. */
  attach(stream: DialedStream): void {
    this.#stream ??= stream;
  }

  /** @param isDialled By us. */
  start(stream: Stream, isDialled: boolean): void {
    if (this.#phase !== "opening") return stream.destroy();
    this.#stream = stream;
    this.#shakingMs = this.#group.nowMs();
    const { connectMeasure, encryption, settings } = this.#group;
    settings.recorder.count("opened");
    if (isDialled) settings.recorder.sample(connectMeasure, this.#dialledMs, this.#shakingMs);
    this.#peer.opened(this.#shakingMs);
    if (isDialled && encryption !== undefined) {
      this.#phase = "encrypting";
      this.#encrypted = new EncryptedDial(encryption, stream, this.#ownHandshake());
    } else {
      this.#phase = "shaking";
      this.#out = new OutWire(this.#group, stream);
      this.#out.send(this.#ownHandshake());
    }
  }

  #ownHandshake(): Uint8Array {
    const { infoHash } = this.#group.settings.torrent.metainfo;
    const reserved = ownReservedBits({ hasFast: this.#group.isFast });
    if (!this.#group.isExtended) reserved[5] = 0;
    return encodeHandshake({ infoHash, peerId: this.#peer.peerId(), reserved });
  }

  opened(stream: Stream): void {
    this.start(stream, true);
  }

  bytes(_stream: Stream, chunk: Uint8Array): void {
    if (this.#phase === "closed") return;
    this.#eventMs = this.#group.nowMs();
    try {
      this.#take(this.#encrypted === undefined ? chunk : this.#decrypt(this.#encrypted, chunk));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#group.settings.recorder.count("broken_rules", 1, error.code);
      this.close(error.code);
    }
    this.#endEvent();
  }

  /** @returns The bytes of the payload. */
  #decrypt(encrypted: EncryptedDial, chunk: Uint8Array): Uint8Array {
    const payload = encrypted.push(chunk);
    const { stream } = encrypted;
    if (this.#phase !== "encrypting" || stream === undefined) return payload;
    this.#group.settings.recorder.sample("encryption", this.#shakingMs, this.#eventMs);
    this.#shakingMs = this.#eventMs;
    this.#phase = "shaking";
    this.#out = new OutWire(this.#group, stream);
    return payload;
  }

  #take(payload: Uint8Array): void {
    const usedBytes = this.#phase === "shaking" ? this.#shake(payload) : 0;
    if (this.#reader !== undefined && usedBytes < payload.length)
      this.#reader.push(usedBytes === 0 ? payload : payload.subarray(usedBytes));
  }

  closed(_stream: Stream, reason: string | undefined): void {
    const phase = this.#phase;
    this.#end("unanswered");
    const { recorder } = this.#group.settings;
    if (phase === "opening") {
      recorder.count("refused", 1, reason ?? "closed");
      this.#peer.refused(reason ?? "closed");
    }
    if (phase !== "opening" && phase !== "closed") {
      const during = phase === "talking" ? "" : " before the handshake";
      recorder.count("closed_by_target", 1, `${reason ?? "end"}${during}`);
    }
    this.#peer.disconnected(this, phase !== "closed");
  }

  /** Ends the connection: by default for a fault of the other side. */
  close(reason: string, requests: RequestsEnd = "unanswered"): void {
    if (this.#phase === "closed") return;
    const { recorder } = this.#group.settings;
    const wasOpen = this.#phase !== "opening";
    this.#end(requests);
    if (wasOpen) recorder.count("closed_by_us", 1, reason);
    // Its slow connect is in no latency: it must not vanish.
    else if (reason === nextVisit) recorder.count("refused", 1, "not connected by the next visit");
    this.#stream?.destroy();
  }

  /** Once a second. */
  tick(nowMs: number): void {
    const { handshakeTimeoutMs } = this.#group.settings;
    if (this.#isShaking && nowMs - this.#shakingMs >= handshakeTimeoutMs)
      this.close("no handshake");
    if (this.#phase !== "talking") return;
    this.#out?.tick(nowMs);
    this.requester.expire(nowMs);
    this.fill();
  }

  get out(): OutWire {
    if (this.#out === undefined) throw new Error("bug: a message before the connection stands");
    return this.#out;
  }

  /** Requests the next blocks, outside an event of the stream. */
  fill(): void {
    this.requester.fill();
    this.out.flush();
  }

  breakRule(rule: BrokenRule): void {
    this.#group.settings.recorder.count("broken_rules", 1, rule);
  }

  /** Tells the other side of a piece of ours. */
  show(piece: number): void {
    if (this.#phase !== "talking") return;
    writeHave(this.#group.outbox, this.out.room(haveBytes), piece);
    this.#uploads().shown(piece);
  }

  keepAlive(): void {}

  choke(): void {
    this.requester.choked();
  }

  unchoke(): void {
    this.requester.unchoked();
  }

  interested(): void {
    if (this.#group.serves) this.#uploads().interested();
  }

  notInterested(): void {}

  have(piece: number): void {
    if (!this.remote.add(piece)) return;
    this.#peer.download?.remoteHas(piece);
    this.requester.offersMore();
  }

  bitfield(bits: Uint8Array): void {
    this.remote.replace(bits);
    this.#peer.download?.remoteHasMore();
    this.requester.updateInterest();
  }

  haveAll(): void {
    if (!this.#agreed(this.#isFast, "fast-not-agreed")) return;
    if (this.remote.isFull) return;
    this.remote.replace(this.#group.bits.full);
    this.#peer.download?.remoteHasMore();
    this.requester.offersMore();
  }

  haveNone(): void {
    this.#agreed(this.#isFast, "fast-not-agreed");
  }

  suggest(): void {
    this.#agreed(this.#isFast, "fast-not-agreed");
  }

  allowedFast(): void {
    this.#agreed(this.#isFast, "fast-not-agreed");
  }

  reject(piece: number, begin: number): void {
    if (this.#agreed(this.#isFast, "fast-not-agreed")) this.requester.rejected(piece, begin);
  }

  request(piece: number, begin: number, lengthBytes: number): void {
    this.#uploads().request(piece, begin, lengthBytes);
  }

  cancel(piece: number, begin: number): void {
    this.#uploader?.cancel(piece, begin);
  }

  port(): void {}

  extended(id: number, payload: Uint8Array): void {
    if (!this.#agreed(this.#isExtended, "extended-not-agreed") || id !== 0) return;
    const { requestQueue } = decodeExtendedHandshake(payload);
    if (requestQueue !== undefined) this.requester.learnRequestQueue(requestQueue);
  }

  unknown(): void {}

  blockStarts(piece: number, begin: number, lengthBytes: number): number {
    return this.requester.blockStarts(piece, begin, lengthBytes) ? lentBlock : -1;
  }

  blockPart(chunk: Uint8Array, start: number, end: number, begin: number): void {
    this.requester.blockPart(chunk, start, end, begin);
  }

  blockEnds(piece: number, _begin: number, lengthBytes: number): void {
    this.#receivedBytes += lengthBytes;
    this.#receivedBlocks++;
    this.requester.blockEnds(piece, lengthBytes, this.#eventMs);
  }

  /** @returns Bytes used of the chunk. */
  #shake(chunk: Uint8Array): number {
    const gate = this.#gate;
    const usedBytes = gate?.push(chunk) ?? 0;
    if (gate?.handshake === undefined) return usedBytes;
    this.#gate = undefined;
    this.#talk(gate.handshake);
    return usedBytes;
  }

  #talk({ infoHash, reserved }: Handshake): void {
    const { recorder, torrent } = this.#group.settings;
    if (infoHash !== torrent.metainfo.infoHash) {
      this.breakRule("handshake-of-another-torrent");
      return this.close("handshake-of-another-torrent");
    }
    this.#phase = "talking";
    recorder.sample("handshake", this.#shakingMs, this.#eventMs);
    this.#peer.talks();
    this.#isFast = this.#group.isFast && supportsFast(reserved);
    this.#isExtended = this.#group.isExtended && supportsExtended(reserved);
    this.#reader = new FrameReader(this, { geometry: this.#group.geometry, maxExtendedBytes });
    tellPieces(this.out, this.#group.outbox, this.#peer.own, this.#isFast);
    if (!this.#isExtended) return;
    const { extendedHandshake, outbox } = this.#group;
    outbox.set(extendedHandshake, this.out.room(extendedHandshake.length));
  }

  /** A message without its agreement is counted, and has no effect. */
  #agreed(isAgreed: boolean, rule: BrokenRule): boolean {
    if (!isAgreed) this.breakRule(rule);
    return isAgreed;
  }

  #uploads(): Uploader {
    return (this.#uploader ??= new Uploader(this.#group, this.#peer, this));
  }

  /** After the bytes of one read: counts, the next requests, answers, one write. */
  #endEvent(): void {
    if (this.#receivedBlocks > 0) {
      const { recorder } = this.#group.settings;
      recorder.count("blocks", this.#receivedBlocks);
      recorder.count("bytes_down", this.#receivedBytes);
      this.#receivedBlocks = this.#receivedBytes = 0;
    }
    this.#peer.finish();
    if (this.#phase === "talking") {
      this.requester.fill();
      this.#uploader?.serve();
      this.out.flush();
      if (this.out.isStuck) this.close("target does not read");
    }
  }

  #end(requests: RequestsEnd): void {
    if (this.#phase === "closed") return;
    // The age of a handshake that never came is a lower bound of its latency.
    const { recorder } = this.#group.settings;
    const nowMs = this.#group.nowMs();
    if (this.#phase === "encrypting") recorder.sample("encryption", this.#shakingMs, nowMs);
    if (this.#phase === "shaking") recorder.sample("handshake", this.#shakingMs, nowMs);
    this.#phase = "closed";
    this.#reader?.stop();
    this.requester.closed(requests);
    this.#uploader?.closed();
    this.#group.outboxAt = 0;
  }
}

// Shakes hands with a client, and reads which pieces it has.

import { messageOf, type Address, type Ports } from "@troupe/actor-runtime";
import { EncryptedDial, GroupEncryption, type PeerDialer } from "@troupe/load-peers";
import { FrameReader, type FrameSink } from "@troupe/protocol/frames";
import type { Metainfo } from "@troupe/protocol/metainfo";
import {
  clientName,
  countBits,
  decodeHandshake,
  encodeHandshake,
  handshakeLengthBytes,
  makePeerId,
} from "@troupe/protocol/peer";

/** How a client answered. */
export type PeerAnswer =
  /** Its name by its peer id, and the pieces that it says it has. */
  | { readonly kind: "answered"; readonly client: string; readonly haves: number }
  /** A code of the system, or a few words. */
  | { readonly kind: "failed"; readonly reason: string };

/** For the connect, and for the handshake. */
const answerMs = 3_000;
/** Clients send the bitfield up to half a second after the handshake. */
const piecesMs = 1_000;
/** A bitfield of the largest torrent has 1 MiB. */
const mostBytes = 2 * 1024 * 1024;
const maxExtendedBytes = 16 * 1024;
const closed = "closed";
const silent = "no answer";
/** Reasons of a client that may want an encrypted connection. */
const closes: ReadonlySet<string> = new Set([closed, "ECONNRESET"]);

/** Ports of a probe; the sockets may be those of another transport than TCP. */
interface ProbePorts extends Pick<Ports, "timers" | "random"> {
  readonly sockets: PeerDialer;
}

interface Question {
  readonly torrent: Metainfo;
  readonly wanted: number;
  /** Undefined: plain. */
  readonly encryption?: GroupEncryption;
}

/**
 * Connects once, and again with encryption to a client that closes, and closes the connection.
 *
 * @param wanted Pieces that are waited for, a second from the handshake.
 */
export async function probePeer(
  ports: ProbePorts,
  to: Address,
  torrent: Metainfo,
  wanted: number,
): Promise<PeerAnswer> {
  const plain = await ask(ports, to, { torrent, wanted });
  if (plain.kind === "answered" || !closes.has(plain.reason)) return plain;
  const encryption = new GroupEncryption(torrent.infoHash, "rc4");
  const encrypted = await ask(ports, to, { torrent, wanted, encryption });
  return encrypted.kind === "answered" ? encrypted : plain;
}

async function ask(
  { sockets, timers, random }: ProbePorts,
  to: Address,
  { torrent, wanted, encryption }: Question,
): Promise<PeerAnswer> {
  const { infoHash } = torrent;
  const peerId = makePeerId(random.bytes(12));
  // Without extensions the answer has a bitfield or haves alone.
  const hello = encodeHandshake({ infoHash, peerId, reserved: new Uint8Array(8) });
  const handshakeEnded = (): void =>
    void timers.after(piecesMs, () => reader.end("no more pieces"));
  const reader = new AnswerReader(torrent, wanted, handshakeEnded);
  const stream = sockets.dial(
    to,
    {
      opened: (opened) => {
        if (encryption === undefined) opened.write(hello);
        else reader.encrypted = new EncryptedDial(encryption, opened, hello);
      },
      bytes: (_stream, chunk) => reader.read(chunk),
      // The connect may run out of time before the probe does.
      closed: (_stream, reason) =>
        reader.end(reason === "dial-timeout" ? silent : (reason ?? closed)),
    },
    { timeoutMs: answerMs },
  );
  const limit = timers.after(answerMs, () => reader.end(silent));
  try {
    return await reader.answer;
  } finally {
    limit.cancel();
    stream.destroy();
  }
}

/** Reads the answer of a client until it has the wanted pieces, or the connection or its time ends. */
export class AnswerReader {
  readonly answer: Promise<PeerAnswer>;
  readonly #settle: (answer: PeerAnswer) => void;
  /** Undefined: the connection is plain. */
  encrypted: EncryptedDial | undefined;
  readonly #torrent: Metainfo;
  readonly #wanted: number;
  readonly #handshakeEnded: () => void;
  #head: Uint8Array = new Uint8Array();
  #bytes = 0;
  #haves = 0;
  /** The client's name and its messages, after its handshake. */
  #talk: { readonly client: string; readonly reader: FrameReader } | undefined;

  /** @param handshakeEnded Called after the handshake. */
  constructor(torrent: Metainfo, wanted: number, handshakeEnded: () => void) {
    const { promise, resolve } = Promise.withResolvers<PeerAnswer>();
    this.answer = promise;
    this.#settle = resolve;
    this.#torrent = torrent;
    this.#wanted = wanted;
    this.#handshakeEnded = handshakeEnded;
  }

  /** @param chunk Read during the call only. */
  read(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes > mostBytes) return this.end("too many bytes");
    try {
      const payload = this.encrypted?.push(chunk) ?? chunk;
      if (this.#talk === undefined) this.#shake(payload);
      else this.#talk.reader.push(payload);
    } catch (error) {
      this.#settle({ kind: "failed", reason: messageOf(error) });
    }
  }

  /** The first end counts. After a handshake the client has answered. */
  end(reason: string): void {
    if (this.#talk === undefined) return this.#settle({ kind: "failed", reason });
    this.#settle({ kind: "answered", client: this.#talk.client, haves: this.#haves });
  }

  #shake(chunk: Uint8Array): void {
    this.#head = Buffer.concat([this.#head, chunk]);
    if (this.#head.length < handshakeLengthBytes) return;
    const { infoHash, peerId } = decodeHandshake(this.#head);
    if (infoHash !== this.#torrent.infoHash) return this.end("another info-hash");
    const { geometry } = this.#torrent;
    const reader = new FrameReader(this.#sink(), { geometry, maxExtendedBytes });
    this.#talk = { client: clientName(peerId), reader };
    this.#handshakeEnded();
    this.#count(0);
    if (this.#wanted > 0) reader.push(this.#head.subarray(handshakeLengthBytes));
  }

  #count(haves: number): void {
    this.#haves = haves;
    if (haves >= this.#wanted) this.end("enough");
  }

  #sink(): FrameSink {
    return {
      ...silence,
      have: () => this.#count(this.#haves + 1),
      bitfield: (bits) => this.#count(countBits(bits)),
      haveAll: () => this.#count(this.#torrent.geometry.pieceCount),
    };
  }
}

const ignore = (): void => {};
/** Messages that say nothing of pieces. Blocks are skipped. */
const silence = {
  blockMemory: new Uint8Array(),
  ...{ keepAlive: ignore, choke: ignore, unchoke: ignore, interested: ignore },
  ...{ notInterested: ignore, request: ignore, cancel: ignore, port: ignore, haveNone: ignore },
  ...{ suggest: ignore, allowedFast: ignore, reject: ignore, extended: ignore },
  ...{ blockStarts: () => -1, blockEnds: ignore, unknown: ignore },
};

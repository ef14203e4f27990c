import type { PieceIndex } from "../units.ts";
import { FrameReader } from "./frame-reader.ts";
import type { FrameBounds } from "./frame-rules.ts";
import type { FrameSink } from "./frame-sink.ts";

/** A message of a peer, checked like the calls of {@link FrameSink}. Its bytes are in memory of their own. */
export type PeerMessage =
  | {
      readonly name:
        | "keep-alive"
        | "choke"
        | "unchoke"
        | "interested"
        | "not-interested"
        | "have-all"
        | "have-none";
    }
  | { readonly name: "have" | "suggest" | "allowed-fast"; readonly piece: PieceIndex }
  | { readonly name: "bitfield"; readonly bits: Uint8Array }
  | {
      /** Unchecked numbers. */
      readonly name: "request" | "cancel" | "reject";
      readonly piece: number;
      readonly begin: number;
      readonly lengthBytes: number;
    }
  | {
      readonly name: "piece";
      readonly piece: PieceIndex;
      readonly begin: number;
      readonly block: Uint8Array;
    }
  | { readonly name: "port"; readonly port: number }
  | { readonly name: "extended"; readonly id: number; readonly payload: Uint8Array }
  /** Its payload is skipped. */
  | { readonly name: "unknown"; readonly id: number; readonly lengthBytes: number };

/**
 * Reads the messages of a connection after the handshake, for callers that prefer an iterator to {@link FrameReader}. Holds
 * one message at a time, and takes the next chunk when the messages of the last one are taken.
 *
 * @param chunks Chunks of any size, each read before the next is taken. A message that the last chunk cuts off is left out.
 * @throws {ProtocolError} as {@link FrameReader.push}: a length is refused when its prefix is whole, before memory is taken.
 */
export async function* readMessages(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  bounds: FrameBounds,
): AsyncGenerator<PeerMessage, void> {
  const sink = new OneMessage();
  const reader = new FrameReader(sink, bounds);
  sink.taken = () => reader.hold();
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      at += reader.push(chunk.subarray(at));
      const message = sink.take();
      if (message !== undefined) yield message;
    }
  }
}

const noMemory = new Uint8Array();

/** The message that was read last. */
class OneMessage implements FrameSink {
  blockMemory: Uint8Array = noMemory;
  /** Called at each message. */
  taken: () => void = () => undefined;
  #message: PeerMessage | undefined;

  take(): PeerMessage | undefined {
    const message = this.#message;
    this.#message = undefined;
    return message;
  }

  keepAlive(): void {
    this.#keep({ name: "keep-alive" });
  }

  choke(): void {
    this.#keep({ name: "choke" });
  }

  unchoke(): void {
    this.#keep({ name: "unchoke" });
  }

  interested(): void {
    this.#keep({ name: "interested" });
  }

  notInterested(): void {
    this.#keep({ name: "not-interested" });
  }

  have(piece: PieceIndex): void {
    this.#keep({ name: "have", piece });
  }

  bitfield(bits: Uint8Array): void {
    this.#keep({ name: "bitfield", bits: new Uint8Array(bits) });
  }

  request(piece: number, begin: number, lengthBytes: number): void {
    this.#keep({ name: "request", piece, begin, lengthBytes });
  }

  cancel(piece: number, begin: number, lengthBytes: number): void {
    this.#keep({ name: "cancel", piece, begin, lengthBytes });
  }

  port(port: number): void {
    this.#keep({ name: "port", port });
  }

  haveAll(): void {
    this.#keep({ name: "have-all" });
  }

  haveNone(): void {
    this.#keep({ name: "have-none" });
  }

  suggest(piece: PieceIndex): void {
    this.#keep({ name: "suggest", piece });
  }

  allowedFast(piece: PieceIndex): void {
    this.#keep({ name: "allowed-fast", piece });
  }

  reject(piece: number, begin: number, lengthBytes: number): void {
    this.#keep({ name: "reject", piece, begin, lengthBytes });
  }

  extended(id: number, payload: Uint8Array): void {
    this.#keep({ name: "extended", id, payload: new Uint8Array(payload) });
  }

  blockStarts(_piece: PieceIndex, _begin: number, lengthBytes: number): number {
    this.blockMemory = new Uint8Array(lengthBytes);
    return 0;
  }

  blockEnds(piece: PieceIndex, begin: number): void {
    const block = this.blockMemory;
    this.blockMemory = noMemory;
    this.#keep({ name: "piece", piece, begin, block });
  }

  unknown(id: number, lengthBytes: number): void {
    this.#keep({ name: "unknown", id, lengthBytes });
  }

  #keep(message: PeerMessage): void {
    this.#message = message;
    this.taken();
  }
}

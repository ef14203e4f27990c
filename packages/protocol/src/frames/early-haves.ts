import { type FrameBounds, FrameRules } from "./frame-rules.ts";
import type { FrameSink } from "./frame-sink.ts";
import type { PieceIndex } from "../units.ts";

/** The memory of an entry; that of a bitfield besides its bytes. */
const haveCostBytes = 8;
const bitfieldCostBytes = 256;
const otherCostBytes = 64;

/** The messages that name pieces. */
interface ShownPieces extends Pick<
  FrameSink,
  "have" | "bitfield" | "haveAll" | "allowedFast" | "suggest"
> {
  /** BEP 54. */
  dontHave(piece: PieceIndex): void;
}

/** A message of an extension. */
interface OtherMessage {
  readonly name: "haveAll" | "allowedFast" | "suggest" | "dontHave";
  readonly piece: PieceIndex;
}

/** The messages about pieces of a peer from before the metadata, in their order. */
export class EarlyHaves {
  #messages: (PieceIndex | Uint8Array | OtherMessage)[] = [];
  #sizeBytes = 0;

  /** Memory in use. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Keeps a `have`. */
  have(piece: PieceIndex): void {
    this.#messages.push(piece);
    this.#sizeBytes += haveCostBytes;
  }

  /** Keeps a `bitfield`. @param bits Copied. */
  bitfield(bits: Uint8Array): void {
    this.#messages.push(new Uint8Array(bits));
    this.#sizeBytes += bitfieldCostBytes + bits.length;
  }

  /** Keeps a `have-all`. */
  haveAll(): void {
    this.#keep("haveAll", 0 as PieceIndex);
  }

  /** Keeps a piece that the peer gives while it chokes us. */
  allowedFast(piece: PieceIndex): void {
    this.#keep("allowedFast", piece);
  }

  /** Keeps a suggestion. */
  suggest(piece: PieceIndex): void {
    this.#keep("suggest", piece);
  }

  /** Keeps the loss of a piece. */
  dontHave(piece: PieceIndex): void {
    this.#keep("dontHave", piece);
  }

  /** Forgets everything. */
  clear(): void {
    this.#messages = [];
    this.#sizeBytes = 0;
  }

  /**
   * Delivers the messages, as a reader with `bounds` would have, and forgets them.
   *
   * @throws {ProtocolError} `bitfield-wrong-length`, `bitfield-spare-bits`, `piece-out-of-range`.
   */
  deliver(sink: ShownPieces, bounds: FrameBounds | FrameRules): void {
    const rules = FrameRules.of(bounds);
    const messages = this.#messages;
    this.clear();
    for (const message of messages) {
      if (typeof message === "number") {
        sink.have(rules.checkPiece(message));
      } else if (message instanceof Uint8Array) {
        rules.checkBitfield(message);
        sink.bitfield(message);
      } else {
        sink[message.name](rules.checkPiece(message.piece));
      }
    }
  }

  #keep(name: OtherMessage["name"], piece: PieceIndex): void {
    this.#messages.push({ name, piece });
    this.#sizeBytes += otherCostBytes;
  }
}

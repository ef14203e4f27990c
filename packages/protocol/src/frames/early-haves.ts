import { type FrameBounds, FrameRules } from "./frame-rules.ts";
import type { FrameSink } from "./frame-sink.ts";
import type { PieceIndex } from "../units.ts";

/** The memory of an entry; that of a bitfield besides its bytes. */
const haveCostBytes = 8;
const bitfieldCostBytes = 256;

/** The `bitfield`s and `have`s of a peer from before the metadata, in their order. */
export class EarlyHaves {
  #messages: (PieceIndex | Uint8Array)[] = [];
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
  deliver(sink: Pick<FrameSink, "have" | "bitfield">, bounds: FrameBounds): void {
    const rules = new FrameRules(bounds);
    const messages = this.#messages;
    this.clear();
    for (const message of messages) {
      if (typeof message === "number") {
        sink.have(rules.checkPiece(message));
      } else {
        rules.checkBitfield(message);
        sink.bitfield(message);
      }
    }
  }
}

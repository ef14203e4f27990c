import { type PaddingRuns, unpackPadding } from "@troupe/messages";
import { blockLengthBytes } from "@troupe/protocol/units";

/** The padding of a torrent (BEP 47): zeros that are requested of no peer. */
export class Padding {
  readonly #runs: PaddingRuns;

  /** @param packed The bytes that `packPadding` returned. */
  constructor(packed: Uint8Array | undefined) {
    this.#runs = unpackPadding(packed);
  }

  /** @returns The length of the bytes without the padding at their end. */
  dataBytes(begin: number, lengthBytes: number): number {
    const end = begin + lengthBytes;
    const [runBegin = end, runEnd = 0] = this.#runs[this.#firstThatEndsAt(end)] ?? [];
    return runEnd >= end && runBegin < end ? Math.max(0, runBegin - begin) : lengthBytes;
  }

  /** @returns The length of each block without the padding at its end. Undefined: no block ends with padding. */
  blockBytes(pieceBegin: number, lengthBytes: number): Uint16Array | undefined {
    if (this.#runs.length === 0) return undefined;
    const [runBegin = Infinity] = this.#runs[this.#firstThatEndsAt(pieceBegin + 1)] ?? [];
    if (runBegin >= pieceBegin + lengthBytes) return undefined;
    const blocks = new Uint16Array(Math.ceil(lengthBytes / blockLengthBytes));
    for (let block = 0; block < blocks.length; block++) {
      const begin = block * blockLengthBytes;
      const bytes = Math.min(blockLengthBytes, lengthBytes - begin);
      blocks[block] = this.dataBytes(pieceBegin + begin, bytes);
    }
    return blocks;
  }

  /** @returns The first run with an end from `position` on. */
  #firstThatEndsAt(position: number): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#runs[middle]?.[1] ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

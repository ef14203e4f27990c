import type { RequestedBlock } from "./requested-blocks.ts";

/** Requested blocks by their position in the torrent. */
export class OrderedBlocks {
  readonly #blocks: RequestedBlock[] = [];

  get size(): number {
    return this.#blocks.length;
  }

  /** Once, however often it is requested. */
  add(block: RequestedBlock): void {
    const place = this.#placeOf(block.position);
    if (this.#blocks[place]?.position !== block.position) this.#blocks.splice(place, 0, block);
  }

  /** @returns False for a block that is not requested. */
  remove(position: number): boolean {
    const place = this.#placeOf(position);
    if (this.#blocks[place]?.position !== position) return false;
    this.#blocks.splice(place, 1);
    return true;
  }

  /** @returns The first block that begins at or after `position`. */
  firstFrom(position: number): RequestedBlock | undefined {
    return this.#blocks[this.#placeOf(position)];
  }

  /** The place of the first block that begins at or after `position`. Most requests come at the end. */
  #placeOf(position: number): number {
    const last = this.#blocks.at(-1);
    if (last === undefined || last.position < position) return this.#blocks.length;
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#blocks[middle]?.position ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

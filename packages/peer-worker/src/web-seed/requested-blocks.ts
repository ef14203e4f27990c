/** A block of a torrent. */
export interface RequestedBlock {
  readonly piece: number;
  readonly begin: number;
  readonly lengthBytes: number;
  /** In the torrent. */
  readonly position: number;
}

/** The blocks that wait for an exchange, merged into runs of adjacent blocks. */
export class RequestedBlocks {
  /** By position, oldest first. */
  readonly #blocks = new Map<number, RequestedBlock>();
  /** The positions of the blocks by the position of their end. */
  readonly #startByEnd = new Map<number, number>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** Once, however often it is requested. */
  add(block: RequestedBlock): void {
    if (this.#blocks.has(block.position)) return;
    this.#blocks.set(block.position, block);
    this.#startByEnd.set(block.position + block.lengthBytes, block.position);
    this.#bytes += block.lengthBytes;
  }

  /** @returns False for a block that does not wait. */
  remove(position: number): boolean {
    const block = this.#blocks.get(position);
    if (block === undefined) return false;
    this.#blocks.delete(position);
    this.#startByEnd.delete(position + block.lengthBytes);
    this.#bytes -= block.lengthBytes;
    return true;
  }

  /** Takes all blocks, oldest first. */
  takeAll(): RequestedBlock[] {
    const blocks = [...this.#blocks.values()];
    for (const { position } of blocks) this.remove(position);
    return blocks;
  }

  /**
   * Takes the oldest block with the blocks after it, and the blocks before it if there is room.
   *
   * @param mostBytes At least a block.
   * @returns In order, without a gap; empty if none waits.
   */
  takeRun(mostBytes: number): RequestedBlock[] {
    const oldest = this.#blocks.values().next().value;
    if (oldest === undefined) return [];
    const after = this.#chain(oldest, mostBytes, (block) =>
      this.#blocks.get(block.position + block.lengthBytes),
    );
    const bytes = after.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
    const before = this.#chain(oldest, mostBytes - bytes + oldest.lengthBytes, (block) =>
      this.#blocks.get(this.#startByEnd.get(block.position) ?? -1),
    );
    const run = [...before.toReversed(), ...after.slice(1)];
    for (const { position } of run) this.remove(position);
    return run;
  }

  #chain(
    first: RequestedBlock,
    mostBytes: number,
    next: (block: RequestedBlock) => RequestedBlock | undefined,
  ): RequestedBlock[] {
    const chain: RequestedBlock[] = [];
    let leftBytes = mostBytes;
    for (let block: RequestedBlock | undefined = first; block !== undefined; block = next(block)) {
      leftBytes -= block.lengthBytes;
      if (leftBytes < 0 && chain.length > 0) break;
      chain.push(block);
    }
    return chain;
  }
}

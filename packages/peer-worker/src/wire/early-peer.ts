import { EarlyHaves } from "@troupe/protocol/frames";

import type { MemoryBudget } from "../memory/memory-budget.ts";

/** The messages about pieces of a peer whose torrent's metadata is unknown, and their memory. */
export class EarlyPeer {
  /** Bytes of the worker's memory for peers without content. */
  bytes = 0;
  #haves: EarlyHaves | undefined;

  /** Undefined before the first such message. */
  get haves(): EarlyHaves | undefined {
    return this.#haves;
  }

  /** Where the messages are kept. */
  keep(): EarlyHaves {
    return (this.#haves ??= new EarlyHaves());
  }

  /** The messages are of no use any more. */
  drop(memory: MemoryBudget): void {
    memory.release(this.bytes);
    this.bytes = 0;
    this.#haves = undefined;
  }
}

import type { ServiceCalls } from "../routes/service-calls.ts";

/**
 * The free space of a folder, as last heard. A list never waits for a disk: it shows the space that an earlier call has
 * asked for, and asks again.
 */
export class FreeSpace {
  #bytes = 0;
  #isAsking = false;

  /** @param directory The folder. @returns Bytes; 0 before the first answer, as in qBittorrent. */
  look(calls: Pick<ServiceCalls, "run">, directory: string): number {
    // A rejection leaves the last answer.
    if (!this.#isAsking) this.#ask(calls, directory).catch(() => undefined);
    return this.#bytes;
  }

  async #ask(calls: Pick<ServiceCalls, "run">, directory: string): Promise<void> {
    this.#isAsking = true;
    try {
      const answer = await calls.run("free-space", { directory });
      this.#bytes = answer.freeBytes;
    } finally {
      this.#isAsking = false;
    }
  }
}

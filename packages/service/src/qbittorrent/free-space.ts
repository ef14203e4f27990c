import type { CommandName } from "@troupe/control/commands";
import type { ServiceCalls } from "../routes/service-calls.ts";

const command = "free-space" as CommandName;

/**
 * The free space of a folder, as last heard. A list never waits for a disk: it shows the space that an earlier call has
 * asked for, and asks again.
 */
export class FreeSpace {
  readonly #directory: string;
  #bytes = 0;
  #isAsking = false;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @returns Bytes; 0 before the first answer, as in qBittorrent. */
  look(calls: Pick<ServiceCalls, "run">): number {
    // A rejection leaves the last answer.
    if (!this.#isAsking) this.#ask(calls).catch(() => undefined);
    return this.#bytes;
  }

  async #ask(calls: Pick<ServiceCalls, "run">): Promise<void> {
    this.#isAsking = true;
    try {
      const answer: unknown = await calls.run(command, { directory: this.#directory });
      this.#bytes = freeBytesIn(answer) ?? this.#bytes;
    } finally {
      this.#isAsking = false;
    }
  }
}

function freeBytesIn(answer: unknown): number | undefined {
  if (typeof answer !== "object" || answer === null || !("freeBytes" in answer)) return undefined;
  return typeof answer.freeBytes === "number" ? answer.freeBytes : undefined;
}

import { resolve } from "node:path";
import { systemSentence, type Clock } from "@troupe/actor-runtime";
import { spelled, TroupeError } from "@troupe/control";
import { ConcurrencyLimit } from "../../concurrency-limit.ts";
import { silentDiskCode } from "../../silent-disk.ts";

/** The space of a volume. */
export interface VolumeSpace {
  /** Bytes that this user may fill. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Asks the system for the volume of a folder. @throws rejects with a system error. */
type AskVolume = (folder: string) => Promise<VolumeSpace>;

interface Asked {
  readonly space: Promise<VolumeSpace>;
  /** Infinity until the system has answered. */
  untilMs: number;
}

const rememberedMs = 5_000;
/** Each takes a thread of the system's pool, of which a process has four, until the disk answers. */
const questionsAtOnce = 2;
/** Folders that are remembered or asked for. Beyond it the oldest answer is forgotten. */
const mostFolders = 64;

/** The free space of folders. Callers share the question about a folder, and its answer for 5 s. */
export class FreeSpace {
  readonly #ask: AskVolume;
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #limit = new ConcurrencyLimit(questionsAtOnce);
  /** By folder, in the order of the questions. */
  readonly #asked = new Map<string, Asked>();

  constructor(ask: AskVolume, clock: Pick<Clock, "nowMs">) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /**
   * The space of the volume of a folder. Waits as long as the disk does.
   *
   * @throws TroupeError `free-space-unknown`; `disk-not-answering` when 64 other folders wait for an answer.
   */
  async of(path: string): Promise<VolumeSpace> {
    const folder = resolve(path);
    const known = this.#asked.get(folder);
    if (known !== undefined && known.untilMs > this.#clock.nowMs()) return await known.space;
    this.#asked.delete(folder);
    this.#makeRoom(folder);
    const asked: Asked = { space: this.#question(folder), untilMs: Infinity };
    this.#asked.set(folder, asked);
    try {
      const space = await asked.space;
      asked.untilMs = this.#clock.nowMs() + rememberedMs;
      return space;
    } catch (error) {
      this.#asked.delete(folder);
      throw error;
    }
  }

  async #question(folder: string): Promise<VolumeSpace> {
    try {
      return await this.#limit.run(() => this.#ask(folder));
    } catch (cause) {
      const message = `cannot tell the free space of ${spelled(folder)}: ${systemSentence(cause)}`;
      throw new TroupeError("free-space-unknown", message, { details: { folder }, cause });
    }
  }

  #makeRoom(folder: string): void {
    if (this.#asked.size < mostFolders) return;
    for (const [other, { untilMs }] of this.#asked) {
      if (untilMs !== Infinity) return void this.#asked.delete(other);
    }
    const message = `cannot tell the free space of ${spelled(folder)}: ${mostFolders} other folders wait for their disks`;
    throw new TroupeError(silentDiskCode, message, { details: { folder } });
  }
}

import type { Timer } from "@troupe/actor-runtime";

import {
  maxWebSeedConnections,
  maxWebSeedRunBytes,
  minWebSeedRunBytes,
  webSeedGatherMs,
} from "../limits.ts";
import { BlockCutter } from "./block-cutter.ts";
import type { BlockSource, BodyReader, SourceServices, WholeAnswer } from "./block-source.ts";
import { type RequestedBlock, RequestedBlocks } from "./requested-blocks.ts";
import { RunDownload } from "./run-download.ts";

/** Asks for ranges: runs of adjacent blocks, over a few connections. */
export class RangeRuns implements BlockSource {
  readonly #services: SourceServices;
  readonly #downloads: RunDownload[] = [];
  readonly #requested = new RequestedBlocks();
  #gatherTimer: Timer | undefined;
  /** Requests are started at the end of this turn. */
  #isScheduled = false;
  #isClosed = false;

  /** @param whole The server has answered a range with the whole file; {@link release} is to follow. */
  constructor(services: SourceServices, whole: (answer: WholeAnswer) => BodyReader) {
    this.#services = services;
    const ended = (): void => this.#scheduleRuns();
    for (let count = 0; count < maxWebSeedConnections; count++) {
      const cutter = new BlockCutter(services.deliver);
      this.#downloads.push(new RunDownload({ ...services, ended, whole }, cutter));
    }
  }

  request(block: RequestedBlock): void {
    this.#requested.add(block);
    this.#scheduleRuns();
  }

  cancel(position: number): void {
    if (this.#requested.remove(position)) return;
    for (const download of this.#downloads) if (download.drop(position)) return;
  }

  pause(): void {
    for (const download of this.#downloads) download.pause();
  }

  resume(): void {
    for (const download of this.#downloads) download.resume();
  }

  close(): void {
    this.#isClosed = true;
    this.#gatherTimer?.cancel();
    for (const download of this.#downloads) download.close();
  }

  /** Closes it. @returns The requested blocks that were not delivered. */
  release(): RequestedBlock[] {
    const blocks = this.#downloads.flatMap((download) => download.release().blocks);
    this.close();
    return [...blocks, ...this.#requested.takeAll()];
  }

  #scheduleRuns(): void {
    if (this.#isScheduled || this.#isClosed) return;
    this.#isScheduled = true;
    this.#services.timers.soon(() => {
      this.#isScheduled = false;
      this.#startRuns(false);
    });
  }

  /**
   * Few blocks wait for more while other runs are under way, so that ranges are long.
   *
   * @param isLate They have waited long enough.
   */
  #startRuns(isLate: boolean): void {
    if (this.#isClosed) return;
    for (const download of this.#downloads) {
      const { bytes } = this.#requested;
      if (!download.isIdle || bytes === 0) continue;
      const isAlone = this.#downloads.every(({ isIdle }) => isIdle);
      if (bytes < minWebSeedRunBytes && !isAlone && !isLate) {
        this.#gatherTimer ??= this.#services.timers.after(webSeedGatherMs, () => {
          this.#gatherTimer = undefined;
          this.#startRuns(true);
        });
        return;
      }
      download.start(this.#requested.takeRun(maxWebSeedRunBytes));
    }
  }
}

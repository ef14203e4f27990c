import { bitfieldBytes, type JobCounters, type JobDates, type ListedJob } from "@troupe/messages";
import type { TorrentProxy } from "./torrent-proxy.ts";

/** The figures and pieces of a record. */
export type OnRecord = Pick<ListedJob, "counters" | "pieces">;

/** Dates and sums over all runs of a torrent: those on record, until an engine has reported newer ones. */
export class RecordedFigures {
  /** A later run finds the torrent in the state folder, if there is one. */
  isOnRecord = false;
  readonly #torrent: Pick<TorrentProxy, "figures" | "info" | "services">;
  #counters: JobCounters | undefined;
  #recordedDates: JobDates | undefined;

  constructor(torrent: Pick<TorrentProxy, "figures" | "info" | "services">) {
    this.#torrent = torrent;
  }

  /** Shows what a record has, until the first start has checked it. */
  take({ counters, pieces }: OnRecord = {}): void {
    this.#counters = counters;
    const { figures, info } = this.#torrent;
    const isOfTorrent = info.hasMetadata && pieces?.length === bitfieldBytes(info.pieces);
    if (isOfTorrent) figures.check(pieces);
  }

  get dates(): JobDates {
    const { figures, services } = this.#torrent;
    this.#recordedDates ??= services.request.dates ?? { addedAt: services.clock.epochMs() };
    const { completedAt, activeAt } = figures.progress;
    return {
      ...this.#recordedDates,
      ...(completedAt !== undefined && { completedAt }),
      ...(activeAt !== undefined && { activeAt }),
    };
  }

  get lifetime(): JobCounters | undefined {
    return this.#torrent.figures.progress.lifetime ?? this.#counters;
  }
}

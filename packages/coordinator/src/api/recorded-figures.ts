import type { JobCounters, JobDates } from "@troupe/messages";
import type { TorrentProxy } from "./torrent-proxy.ts";

/** Dates and sums over all runs of a torrent: those on record, until an engine has reported newer ones. */
export class RecordedFigures {
  /** Undefined for a torrent without a record. */
  counters: JobCounters | undefined;
  readonly #torrent: Pick<TorrentProxy, "figures" | "services">;
  #recordedDates: JobDates | undefined;

  constructor(torrent: Pick<TorrentProxy, "figures" | "services">) {
    this.#torrent = torrent;
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
    return this.#torrent.figures.progress.lifetime ?? this.counters;
  }
}

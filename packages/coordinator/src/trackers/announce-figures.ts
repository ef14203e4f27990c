// The byte counts of a run that a torrent's trackers get. They never fall: a tracker that credits differences, by
// peer id and over both address families, credits each byte once.

import type { AnnounceEvent } from "@troupe/protocol/tracker";

/** Payload bytes since `started`; `left` counts the whole torrent. */
export interface AnnounceCounters {
  readonly uploaded: number;
  readonly downloaded: number;
  readonly left: number;
}

/** A torrent that announces itself. */
interface CountedTorrent {
  /** Over all starts. */
  counters(): AnnounceCounters;
}

/** The figures of a torrent. */
export class AnnounceFigures {
  readonly #torrent: CountedTorrent;
  #before = { uploaded: 0, downloaded: 0 };
  #sent: AnnounceCounters = { uploaded: 0, downloaded: 0, left: 0 };
  #isOver = false;

  constructor(torrent: CountedTorrent) {
    this.#torrent = torrent;
  }

  /** A run begins with zeros, and continues where the announces of the last run ended. */
  begin(): void {
    const { uploaded, downloaded } = this.#isOver ? this.#reported() : this.#torrent.counters();
    this.#before = { uploaded, downloaded };
    this.#sent = { uploaded: 0, downloaded: 0, left: 0 };
    this.#isOver = false;
  }

  /** The figures of an announce that is sent now. */
  current(): AnnounceCounters {
    if (this.#isOver) return this.#sent;
    const { uploaded, downloaded, left } = this.#torrent.counters();
    this.#sent = {
      uploaded: uploaded - this.#before.uploaded,
      downloaded: downloaded - this.#before.downloaded,
      left,
    };
    return this.#sent;
  }

  /**
   * The figures of `started`: those of the last announce to any tracker, because a tracker counts from there, and another
   * address of it may have got more.
   */
  atStart(): AnnounceCounters {
    const { uploaded, downloaded } = this.#sent;
    return { uploaded, downloaded, left: this.#torrent.counters().left };
  }

  /**
   * The figures of an announce while others to the same tracker are under way. A datagram may overtake another one: until
   * both families have replied, both get the same figures.
   *
   * @param others With the figures that they have sent.
   */
  beside(
    event: AnnounceEvent | undefined,
    others: readonly { readonly figures?: AnnounceCounters }[],
  ): AnnounceCounters {
    const sent = others.map(({ figures }) => figures).find((figures) => figures !== undefined);
    if (event === "started") return sent ?? this.atStart();
    return (event === undefined ? sent : undefined) ?? this.current();
  }

  /** All later announces of the run have the same figures. */
  end(): void {
    this.current();
    this.#isOver = true;
  }

  /** Over all runs. */
  #reported(): Omit<AnnounceCounters, "left"> {
    return {
      uploaded: this.#before.uploaded + this.#sent.uploaded,
      downloaded: this.#before.downloaded + this.#sent.downloaded,
    };
  }
}

// Dials of ports that trackers have named, over all torrents, by host. The host may be a victim's: one reply can name
// each of its ports, and each torrent can have another tracker.

/** Dials of a host that no peer has answered, beside as many as its answers. */
const unansweredLimit = 4;
const rememberedMs = 3_600_000;
/** About 100 bytes each. */
const hostLimit = 108_000;

interface HostCount {
  unanswered: number;
  answers: number;
  /** Of the last first dial. */
  lastMs: number;
}

/** The first dials of the last hour, by the key of their host. */
export class HostDials {
  /** The oldest last dial is first. */
  readonly #counts = new Map<string, HostCount>();

  get size(): number {
    return this.#counts.size;
  }

  /** First dials of the host that may begin now. */
  room(host: string, nowMs: number): number {
    const count = this.#counts.get(host);
    if (count === undefined || nowMs - count.lastMs >= rememberedMs) return unansweredLimit;
    return unansweredLimit + count.answers - count.unanswered;
  }

  began(host: string, nowMs: number): void {
    this.#forgetOld(nowMs);
    const { unanswered = 0, answers = 0 } = this.#counts.get(host) ?? {};
    this.#counts.delete(host);
    this.#counts.set(host, { unanswered: unanswered + 1, answers, lastMs: nowMs });
  }

  /** A counted dial, or a redial of its address, met a peer. */
  answered(host: string): void {
    const count = this.#counts.get(host);
    if (count === undefined || count.unanswered === 0) return;
    count.unanswered--;
    count.answers++;
  }

  #forgetOld(nowMs: number): void {
    for (const [host, { lastMs }] of this.#counts) {
      if (nowMs - lastMs < rememberedMs && this.#counts.size < hostLimit) return;
      this.#counts.delete(host);
    }
  }
}

import type { TorrentId } from "@troupe/messages";

/** Time for the answer of a relay. */
const answerMs = 30_000;
/** Requests without an answer; beyond it the oldest is forgotten. */
const requestLimit = 1_000;

/** A request to a relay: it names the host alone, because the relay may know a better port. */
interface PunchRequest {
  readonly torrent: TorrentId;
  /** Latin-1 text. */
  readonly relay: string;
  readonly host: string;
}

/** Our requests to relays that have no answer yet, over all torrents. */
export class PunchRequests {
  /** When each was made; the oldest is first. */
  readonly #madeAtMs = new Map<string, number>();

  add(request: PunchRequest, nowMs: number): void {
    const key = keyOf(request);
    this.#madeAtMs.delete(key);
    this.#madeAtMs.set(key, nowMs);
    if (this.#madeAtMs.size <= requestLimit) return;
    const [oldest = ""] = this.#madeAtMs.keys();
    this.#madeAtMs.delete(oldest);
  }

  /** @returns Whether the relay was asked for the host within 30 s; an answer counts once. */
  take(request: PunchRequest, nowMs: number): boolean {
    const key = keyOf(request);
    const madeAtMs = this.#madeAtMs.get(key);
    this.#madeAtMs.delete(key);
    return madeAtMs !== undefined && nowMs - madeAtMs < answerMs;
  }
}

function keyOf({ torrent, relay, host }: PunchRequest): string {
  return `${torrent} ${host} ${relay}`;
}

// Dials of addresses that trackers have named, over all torrents, by host. The host may be a victim's: one reply can name
// each of its ports, and each torrent can have another tracker.

/** Addresses of a host that no peer has answered at, beside as many as its answers. */
const unansweredLimit = 4;
/** Answers of a host that count: more clients than share an address in practice. */
const answerLimit = 200;
const rememberedMs = 3_600_000;
/** About 340 bytes for a host with one address. */
const addressLimit = 108_000;

/** The port of an IPv4 host, or the host and port within an IPv6 /64. */
export type AddressOfHost = number | string;

interface HostCount {
  /** Addresses that were dialled and at which no peer has answered. */
  readonly unanswered: AddressOfHost[];
  /** Addresses at which a peer has answered, the latest {@link answerLimit}. */
  readonly answered: AddressOfHost[];
  answers: number;
  /** When the last address was counted. */
  lastMs: number;
}

/** The addresses that were dialled in the last hour, each once, by the key of their host. */
export class HostDials {
  /** The host whose last address was counted first is first. */
  readonly #counts = new Map<string, HostCount>();
  #addresses = 0;

  get size(): number {
    return this.#counts.size;
  }

  /** Further addresses of the host that may be dialled now. */
  room(host: string, nowMs: number): number {
    const unanswered = this.#countOf(host, nowMs)?.unanswered.length ?? 0;
    return unansweredLimit + this.answers(host, nowMs) - unanswered;
  }

  /** Counted addresses of the host that peers have answered at. */
  answers(host: string, nowMs: number): number {
    return Math.min(answerLimit, this.#countOf(host, nowMs)?.answers ?? 0);
  }

  /** `new`: a dial of the address is to be counted. */
  stateOf(host: string, address: AddressOfHost, nowMs: number): "new" | "unanswered" | "answered" {
    const count = this.#countOf(host, nowMs);
    if (count?.answered.includes(address) === true) return "answered";
    return count?.unanswered.includes(address) === true ? "unanswered" : "new";
  }

  /** A new address is dialled. */
  began(host: string, address: AddressOfHost, nowMs: number): void {
    this.#renew(host, nowMs).unanswered.push(address);
    this.#addresses++;
  }

  /** A dial of the address met a peer. The host has more room if the address was counted. */
  answered(host: string, address: AddressOfHost, nowMs: number): void {
    const state = this.stateOf(host, address, nowMs);
    if (state === "answered") return;
    const count = this.#countOf(host, nowMs) ?? this.#renew(host, nowMs);
    if (state === "unanswered") {
      count.unanswered.splice(count.unanswered.indexOf(address), 1);
      count.answers++;
    } else this.#addresses++;
    count.answered.push(address);
    if (count.answered.length <= answerLimit) return;
    count.answered.shift();
    this.#addresses--;
  }

  /** The host is the last that is forgotten. */
  #renew(host: string, nowMs: number): HostCount {
    this.#forgetOld(nowMs);
    const count = this.#counts.get(host) ?? { unanswered: [], answered: [], answers: 0, lastMs: 0 };
    count.lastMs = nowMs;
    this.#counts.delete(host);
    this.#counts.set(host, count);
    return count;
  }

  #countOf(host: string, nowMs: number): HostCount | undefined {
    const count = this.#counts.get(host);
    return count === undefined || nowMs - count.lastMs >= rememberedMs ? undefined : count;
  }

  #forgetOld(nowMs: number): void {
    for (const [host, { lastMs, unanswered, answered }] of this.#counts) {
      if (nowMs - lastMs < rememberedMs && this.#addresses < addressLimit) return;
      this.#counts.delete(host);
      this.#addresses -= unanswered.length + answered.length;
    }
  }
}

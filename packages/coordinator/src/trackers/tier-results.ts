import type { TrackerTier } from "@troupe/messages";
import { encodeCompact4, encodeCompact6, type AnnounceReply } from "@troupe/protocol/tracker";

/** Addresses kept of a reply, of each family. */
const mostAddresses = 200;

/** The results of a tier, without its trackers. */
type TierResult = Omit<TrackerTier, "urls" | "trackers">;

const noResult: TierResult = {
  complete: 0,
  failures: 0,
  incomplete: 0,
  peers: new Uint8Array(0),
  peers6: new Uint8Array(0),
};

/** The results of the last announces to each tier. */
export class TierResults {
  readonly #tiers: readonly (readonly string[])[];
  readonly #results: TierResult[];

  /** @param tiers The URLs by tier. */
  constructor(tiers: readonly (readonly string[])[]) {
    this.#tiers = tiers;
    this.#results = tiers.map(() => noResult);
  }

  /** In the order of the tiers. */
  get results(): readonly TierResult[] {
    return this.#results;
  }

  /** @param remoteHost The address that replied: a reply over IPv6 without IPv4 addresses says nothing of those. */
  answered(url: string, reply: AnnounceReply, remoteHost = ""): void {
    const isOverIpv6 = remoteHost.includes(":");
    const ipv4 = reply.peers.filter(({ host }) => !host.includes(":"));
    const ipv6 = reply.peers.filter(({ host }) => host.includes(":"));
    this.#change(url, (before) => ({
      complete: reply.complete ?? 0,
      failures: 0,
      incomplete: reply.incomplete ?? 0,
      peers:
        isOverIpv6 && ipv4.length === 0
          ? before.peers
          : encodeCompact4(ipv4.slice(0, mostAddresses)),
      peers6:
        !isOverIpv6 && ipv6.length === 0
          ? before.peers6
          : encodeCompact6(ipv6.slice(0, mostAddresses)),
    }));
  }

  /** An announce failed: only a reply ends the row of failures. */
  failed(url: string): void {
    this.#change(url, (before) => ({ ...before, failures: before.failures + 1 }));
  }

  #change(url: string, change: (before: TierResult) => TierResult): void {
    for (const [tier, result] of this.#results.entries()) {
      if (this.#tiers[tier]?.includes(url) === true) this.#results[tier] = change(result);
    }
  }
}

// The bytes of a limited member, second by second and peer by peer.

import { PeerField } from "@troupe/messages";
import type { EngineMember } from "./engine-member.ts";
import type { FairSwarm } from "./fair-swarm.ts";

/** A second of a watch. */
interface Second {
  /** Payload and protocol bytes since the watch began. */
  readonly bytes: number;
  readonly payloadBytes: number;
  /** Payload by host since each connection began. */
  readonly byHost: ReadonlyMap<string, number>;
}

/** Looks at a member once a second. */
export class LimitWatch {
  readonly seconds: Second[] = [];
  readonly #swarm: FairSwarm;
  readonly #member: EngineMember;
  readonly #direction: "down" | "up";
  /** When the watch began. */
  readonly #before: Pick<Second, "bytes" | "payloadBytes">;

  constructor(swarm: FairSwarm, member: EngineMember, direction: "down" | "up" = "down") {
    this.#swarm = swarm;
    this.#member = member;
    this.#direction = direction;
    this.#before = this.#totals();
    this.#look();
  }

  async run(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      // oxlint-disable-next-line no-await-in-loop
      await this.#swarm.run(1_000);
      this.#look();
    }
  }

  /** Most bytes ahead of the limit, or behind it, at the end of a second after the first `fromSecond`. */
  distances(bytesPerSecond: number, fromSecond: number): { ahead: number; behind: number } {
    const distances = this.seconds
      .map(({ bytes }, second) => bytes - bytesPerSecond * second)
      .slice(fromSecond);
    return { ahead: Math.max(...distances), behind: -Math.min(...distances) };
  }

  /** Bytes a second in each window of so many seconds, from a second on. */
  rates(windowSeconds: number, fromSecond: number): number[] {
    const ends = this.seconds.slice(fromSecond + windowSeconds);
    return ends.map(({ bytes }, at) => {
      const start = this.seconds[fromSecond + at];
      return (bytes - (start?.bytes ?? 0)) / windowSeconds;
    });
  }

  /** Payload a second of the whole watch. */
  get payloadRate(): number {
    return (this.seconds.at(-1)?.payloadBytes ?? 0) / (this.seconds.length - 1);
  }

  /** The smallest share of a peer in any window, in the mean of all peers that were there. */
  leastShare(windowSeconds: number, fromSecond: number): number {
    let least = Infinity;
    for (let end = fromSecond + windowSeconds; end < this.seconds.length; end++) {
      const before = this.seconds[end - windowSeconds]?.byHost;
      const now = this.seconds[end]?.byHost;
      if (before === undefined || now === undefined) continue;
      const gained = [...before].map(([host, bytes]) => (now.get(host) ?? bytes) - bytes);
      const mean = gained.reduce((sum, bytes) => sum + bytes, 0) / gained.length;
      least = Math.min(least, Math.min(...gained) / mean);
    }
    return least;
  }

  #look(): void {
    const { bytes, payloadBytes } = this.#totals();
    const field = this.#direction === "down" ? PeerField.downloadedBytes : PeerField.uploadedBytes;
    const byHost = new Map<string, number>();
    for (const worker of this.#member.engine.workers) {
      for (const { sessions } of worker.contents()) {
        for (const { identity, row } of sessions) byHost.set(identity.host, row.field(field));
      }
    }
    this.seconds.push({
      bytes: bytes - this.#before.bytes,
      payloadBytes: payloadBytes - this.#before.payloadBytes,
      byHost,
    });
  }

  #totals(): Pick<Second, "bytes" | "payloadBytes"> {
    const traffic = this.#member.engine.jobs[0]?.content.traffic;
    const isDown = this.#direction === "down";
    const payloadBytes = traffic?.total(isDown ? "downloadedBytes" : "uploadedBytes") ?? 0;
    const protocolBytes = traffic?.total(isDown ? "protocolDownBytes" : "protocolUpBytes") ?? 0;
    return { bytes: payloadBytes + protocolBytes, payloadBytes };
  }
}

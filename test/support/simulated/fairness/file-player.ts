// Readers of a file while it downloads, in virtual time: a player that reads at a rate, and one that jumps.

import { SeededRandom } from "@troupe/actor-runtime/simulated";
import type { FileBytes } from "@troupe/messages";
import type { EngineMember } from "./engine-member.ts";
import type { FairSwarm } from "./fair-swarm.ts";

const stepMs = 10;
const patienceMs = 60_000;
/** A player has some bytes in hand, and a disk takes its time. */
const stallMs = 100;
/** Between a jump that was answered and the next. */
const restMs = 500;

/** Reads the only file of a member's torrent. */
export class FilePlayer {
  readonly #swarm: FairSwarm;
  readonly #member: EngineMember;
  #readers = 0;

  constructor(swarm: FairSwarm, member: EngineMember) {
    this.#swarm = swarm;
    this.#member = member;
  }

  get #lengthBytes(): number {
    return this.#swarm.swarm.torrent.metainfo.geometry.totalBytes;
  }

  /** @returns For each jump to a missing place, the time until its first byte. */
  async jump(jumps: number): Promise<readonly number[]> {
    const random = new SeededRandom(`jumps ${this.#swarm.plan.seed}`);
    const tookMs: number[] = [];
    while (tookMs.length < jumps) {
      const start = this.#missingPlace(random);
      const reader = this.#readers++;
      const beganAtMs = this.#swarm.nowMs;
      // oxlint-disable-next-line no-await-in-loop
      await this.#read({ reader, start });
      tookMs.push(this.#swarm.nowMs - beganAtMs);
      this.#member.engine.endReader(reader);
      // oxlint-disable-next-line no-await-in-loop
      await this.#swarm.run(restMs);
    }
    return tookMs;
  }

  /**
   * Reads from a place on at a rate.
   *
   * @returns The moments, from the begin on, at which the next byte was missing.
   */
  async play(start: number, bytesPerSecond: number, forMs: number): Promise<readonly number[]> {
    const reader = this.#readers++;
    const beganAtMs = this.#swarm.nowMs;
    const stallsAtMs: number[] = [];
    let place = start;
    while (this.#swarm.nowMs - beganAtMs < forMs && place < this.#lengthBytes) {
      const askedAtMs = this.#swarm.nowMs;
      // oxlint-disable-next-line no-await-in-loop
      const lengthBytes = await this.#read({ reader, start: place });
      if (this.#swarm.nowMs - askedAtMs > stallMs) stallsAtMs.push(askedAtMs - beganAtMs);
      place += lengthBytes;
      // oxlint-disable-next-line no-await-in-loop
      await this.#swarm.run((lengthBytes * 1_000) / bytesPerSecond);
    }
    this.#member.engine.endReader(reader);
    return stallsAtMs;
  }

  /** @returns The length of the next bytes, once there are any. */
  async #read(place: { readonly reader: number; readonly start: number }): Promise<number> {
    const beganAtMs = this.#swarm.nowMs;
    const order = { ...place, file: 0, end: this.#lengthBytes };
    while (this.#swarm.nowMs - beganAtMs < patienceMs) {
      let answer: FileBytes | undefined;
      void this.#member.engine.readFile(order).then((read) => {
        if ("refused" in read) throw new Error(read.message);
        answer = read;
      });
      // oxlint-disable-next-line no-await-in-loop
      while (answer === undefined) await this.#swarm.run(stepMs);
      if (answer.lengthBytes > 0) return answer.lengthBytes;
    }
    throw new Error(`no byte at ${place.start} within ${patienceMs} ms`);
  }

  #missingPlace(random: SeededRandom): number {
    const { pieceCount, pieceLengthBytes } = this.#swarm.swarm.torrent.metainfo.geometry;
    const pieces = Array.from({ length: pieceCount }, (_, piece) => piece);
    const missing = pieces.filter((piece) => !this.#member.hasPiece(piece));
    const piece = missing[random.integer(missing.length)];
    if (piece === undefined) throw new Error("nothing is missing");
    return piece * pieceLengthBytes;
  }
}

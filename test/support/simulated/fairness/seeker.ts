// Jumps to random places of a torrent while it downloads, and measures how soon the piece there is had.

import { SeededRandom } from "@troupe/actor-runtime/simulated";
import { pieceLength } from "@troupe/protocol/metainfo";
import type { PieceIndex } from "@troupe/protocol/units";
import type { EngineMember } from "./engine-member.ts";
import type { FairSwarm } from "./fair-swarm.ts";

const stepMs = 10;
const patienceMs = 60_000;
/** Between a seek that was answered and the next: requests are queued again. */
const restMs = 500;

/** The seeks of a reader. */
export interface SeekPlan {
  readonly seeks: number;
  /** The rate by which the deadlines behind the first are set. */
  readonly bytesPerSecond: number;
  /** Pieces with a deadline from the new place on. */
  readonly pieces: number;
}

/** @returns The time of each seek until the piece at its place was had. */
export async function seekAtRandom(
  swarm: FairSwarm,
  member: EngineMember,
  { seeks, bytesPerSecond, pieces }: SeekPlan,
): Promise<readonly number[]> {
  const { geometry } = swarm.swarm.torrent.metainfo;
  const random = new SeededRandom(`seeks ${swarm.plan.seed}`);
  const tookMs: number[] = [];
  while (tookMs.length < seeks) {
    const missing = Array.from({ length: geometry.pieceCount }, (_, piece) => piece).filter(
      (piece) => !member.hasPiece(piece),
    );
    const first = missing[random.integer(missing.length)];
    if (first === undefined) throw new Error(`nothing is missing after ${tookMs.length} seeks`);
    const ahead = missing.filter((piece) => piece >= first).slice(0, pieces);
    member.engine.setDeadlines(
      ahead.map((piece, place) => ({
        piece: piece as PieceIndex,
        ms: (place * pieceLength(geometry, first as PieceIndex) * 1_000) / bytesPerSecond,
      })),
    );
    const beganAtMs = swarm.nowMs;
    while (!member.hasPiece(first) && swarm.nowMs - beganAtMs < patienceMs) {
      // oxlint-disable-next-line no-await-in-loop
      await swarm.run(stepMs);
    }
    tookMs.push(swarm.nowMs - beganAtMs);
    // oxlint-disable-next-line no-await-in-loop
    await swarm.run(restMs);
  }
  return tookMs;
}

// A file is read while it downloads from two peers of 1.5 and 0.5 MB/s: a jump gets its first byte soon, and a film plays.
// Each kind of peers has a test file of its own, because ava runs files beside each other.

import test from "ava";
import type { LineOptions } from "@troupe/actor-runtime/simulated";
import { isLong } from "../../lanes.ts";
import { describeTimes, percentile } from "../dht/percentiles.ts";
import { FairSwarm } from "../fairness/fair-swarm.ts";
import { FilePlayer } from "../fairness/file-player.ts";
import { isLongRun } from "../runs/long-runs.ts";
import type { PeerScript } from "../swarm/peer.ts";

const rates = [1_500_000, 500_000];
const bytesPerSecond = 2_000_000;
const roundTripMs = 50;
const mebibyte = 1 << 20;
/** In the gate the jumps and the film have one torrent, of which ten jumps in pieces of 4 MiB take three quarters. */
const shortBytes = 96 * mebibyte;
const jumpBytes = isLong ? 1024 * mebibyte : shortBytes;
const film = isLong
  ? { lengthBytes: 256 * mebibyte, forMs: 60_000 }
  : { lengthBytes: shortBytes, forMs: 15_000 };
/** A line that is wider than the rate of any peer. */
export const wide = { upBytesPerSecond: 10_000_000, downBytesPerSecond: 10_000_000 };

/** A scripted peer, and its line. */
interface PacedPeer {
  readonly script: PeerScript;
  readonly line: LineOptions;
}

type PeerOfRate = (bytesPerSecond: number) => PacedPeer;

async function openPlayer(peerOf: PeerOfRate, pieceLengthBytes: number, lengthBytes: number) {
  const memoryBytes = 64 << 20;
  const swarm = new FairSwarm({ seed: 1, lengthBytes, pieceLengthBytes, memoryBytes, line: wide });
  for (const rate of rates) {
    const { script, line } = peerOf(rate);
    await swarm.addScripted(script, line);
  }
  const leecher = await swarm.addLeecher();
  await swarm.run(10_000);
  return { leecher, player: new FilePlayer(swarm, leecher) };
}

/** Lengths of pieces by their names in titles. */
const sizes = { "256 KiB": 2 ** 18, "1 MiB": 2 ** 20, "4 MiB": 2 ** 22 };

type Size = keyof typeof sizes;
const allSizes = Object.keys(sizes) as Size[];

/**
 * Tests of jumps and of a film.
 * @param source Begins each title.
 * @param shortRun The pieces of a short run; a long one has all.
 */
export function testReading(source: string, shortRun: readonly Size[], peerOf: PeerOfRate): void {
  for (const size of isLongRun ? allSizes : shortRun) {
    const pieceLengthBytes = sizes[size];
    const jumps = isLong ? 100 : size === "4 MiB" ? 10 : 20;
    const allowedMs = 500 + 2 * roundTripMs + (pieceLengthBytes * 1_000) / bytesPerSecond;
    test.serial(
      `${source} 95 % of ${jumps} jumps in pieces of ${size} get a byte in ${Math.round(allowedMs)} ms`,
      async (t) => {
        const { player, leecher } = await openPlayer(peerOf, pieceLengthBytes, jumpBytes);
        const tookMs = await player.jump(jumps);
        t.log(
          `${describeTimes(tookMs)}; ${leecher.wastedBytes} of ${leecher.receivedBytes} wasted`,
        );
        t.true(percentile(tookMs, 95) <= allowedMs, describeTimes(tookMs));
      },
    );

    test.serial(
      `${source} a film in pieces of ${size} plays at 1 MB/s without a stall after 5 s`,
      async (t) => {
        const { player } = await openPlayer(peerOf, pieceLengthBytes, film.lengthBytes);
        for (const start of [Math.floor(0.56 * film.lengthBytes), 0]) {
          const stallsAtMs = await player.play(start, 1_000_000, film.forMs);
          t.deepEqual(
            stallsAtMs.filter((atMs) => atMs > 5_000),
            [],
            `from ${start}`,
          );
        }
      },
    );
  }
}

// A small transfer in which one actor is killed at one message boundary: at each of them for each actor with
// `BOUNDARIES=all`, at some of them otherwise.

import test from "ava";
import { isLong } from "../support/lanes.ts";
import { seedOr } from "../support/seeds.ts";
import { runDownload } from "../support/simulated/runs/download.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { honestWebSeed } from "../support/simulated/swarm/web-seed.ts";
import { calmScenario, type Kill, type Scenario } from "../support/simulated/runs/scenario.ts";

const actors = ["engine", "file-0", "records", "hash", "peer-0", "peer-1"];
/** Without `BOUNDARIES=all`, one boundary in so many, or in a multiple of it, is tried for each actor. */
const sampleStep = isLong ? 6 : 36;
const webSeedStep = isLong ? 24 : 72;
const seed = seedOr(1);
const isAll = process.env["BOUNDARIES"] === "all";

/** Two peers, two workers, six pieces in three files, one of them empty. */
function transfer(kills: readonly Kill[]): Scenario {
  return calmScenario(seed, {
    peerWorkers: 2,
    peers: [honestSeeder, { ...honestSeeder, wants: true, hasShare: 0.5 }],
    pieceLengthBytes: 32_768,
    fileLengths: [100_000, 0, 80_001],
    kills,
  });
}

/** Builds the transfer from a magnet link, with metadata of three blocks. */
function magnet(kills: readonly Kill[]): Scenario {
  const { peers, ...scenario } = transfer(kills);
  const metadata = { answers: "rightly" } as const;
  const offering = peers.map((peer) => ({ ...peer, metadata }));
  return { ...scenario, peers: offering, isMagnet: true, metadataPaddingBytes: 40_000 };
}

/** Builds the magnet link of a torrent of version 2, whose hash layers come from peers too. */
function treeMagnet(kills: readonly Kill[]): Scenario {
  return { ...magnet(kills), version: "v2-without-layers" };
}

/** Beside a peer with the half, a web server gives everything. */
function webSeed(kills: readonly Kill[]): Scenario {
  const { peers, ...scenario } = transfer(kills);
  return { ...scenario, peers: peers.slice(1), webSeed: honestWebSeed };
}

const lives = [
  ["a download", transfer, sampleStep],
  ["a download from a web seed", webSeed, webSeedStep],
  ["a magnet link", magnet, sampleStep],
  ["A17: a magnet link by its hash of version 2", treeMagnet, sampleStep],
] as const;

/** Messages of each life without a kill. */
const counts = new Map<string, number>();

async function messagesOf(what: string, scenario: Scenario): Promise<number> {
  const known = counts.get(what);
  if (known !== undefined) return known;
  const { swarm } = await runDownload(scenario);
  counts.set(what, swarm.world.deliveredMessages);
  return swarm.world.deliveredMessages;
}

for (const [place, actor, what, scenarioOf, sample] of actors.flatMap((actor, place) =>
  lives.map((life) => [place, actor, ...life] as const),
)) {
  test.serial(
    `${actor} killed at any message of ${what}: it completes bit for bit and leaves nothing open, seed ${seed}`,
    async (t) => {
      const boundaries = await messagesOf(what, scenarioOf([]));
      t.true(boundaries > 60, `${boundaries} messages`);
      const step = isAll ? 1 : sample;
      for (let atMessage = 1 + place; atMessage <= boundaries; atMessage += step) {
        try {
          const { violations } = await runDownload(scenarioOf([{ atMessage, actor }]));
          t.deepEqual(violations, [], `killed at message ${atMessage} of ${boundaries}`);
        } catch (error) {
          t.fail(`killed at message ${atMessage} of ${boundaries}: ${String(error)}`);
        }
      }
    },
  );
}

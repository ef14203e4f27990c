// Many torrents are announced by the engine's DHT service and worker, to a DHT of production nodes that come and go, in virtual
// time. `pnpm test:dht` runs 5,000 torrents.

import test from "ava";
import type { InfoHash } from "@troupe/protocol/units";
import { dhtFigures } from "../../packages/coordinator/src/engine/dht/dht-figures.ts";
import { dhtTorrent } from "../../packages/coordinator/test/support/dht-torrents.ts";
import { isLong } from "../support/lanes.ts";
import { DhtAnnouncer, type AnnouncerOptions } from "../support/simulated/dht/dht-announcer.ts";
import { endpointOf } from "../support/simulated/dht/dht-node.ts";
import { DhtPopulation } from "../support/simulated/dht/population.ts";
import { isLarge } from "../support/simulated/dht/scale.ts";

const minute = 60_000;
/** A torrent waits for its turn, and an announce comes after the look-up. */
const longestGapMs = 15 * minute + minute;
/** Each seventh of them has no peer, and is looked up more often. */
const downloads = isLong ? 21 : 7;
/** Torrents, nodes and rates of the gate, in those of the long lanes. */
const scale = isLong ? 1 : 0.5;
const torrents = 500 * scale;
const nodes = isLong ? 40 : 24;

/** A number of torrents, which join at once, and are announced for some time. */
interface Announcing extends Pick<AnnouncerOptions, "limits"> {
  readonly torrents: number;
  /** Nodes of the DHT. */
  readonly nodes: number;
  readonly forMs: number;
}

async function announce({ torrents, nodes, forMs, limits = {} }: Announcing) {
  const usual = { halfLifeMs: 30 * minute, joinMs: minute, lossChance: 0.05 };
  const population = new DhtPopulation({ seed: 1, nodes, ...usual });
  await population.join();
  const { random, world } = population;
  const routers = population.routers.map(endpointOf);
  const machine = population.newMachine();
  const announcer = await world.settle(DhtAnnouncer.start({ machine, routers, limits }));
  const joined = Array.from({ length: torrents }, (_, number) => {
    const infoHash = Buffer.from(random.bytes(20)).toString("hex") as InfoHash;
    const isDownload = number < downloads;
    return dhtTorrent(number, { infoHash, isDownload, lacksPeers: isDownload && number % 7 === 0 });
  });
  const { nowMs } = world.scheduler;
  for (const torrent of joined) announcer.service.join(torrent);
  await world.run(forMs);
  const worstGapMs = (of: typeof joined): number => Math.max(...announcer.gapsMs(of, nowMs));
  return {
    tally: announcer.tally,
    roundMs: 1_000 * (dhtFigures(announcer.service)["roundSeconds"] ?? 0),
    downloadsMs: worstGapMs(joined.slice(0, downloads)),
    seedsMs: worstGapMs(joined.slice(downloads)),
  };
}

function minutes(ms: number): string {
  return `${(ms / minute).toFixed(1)} min`;
}

test.serial(
  `${torrents} torrents are announced every 15 min by ${100 * scale} queries a second, in bursts of ${200 * scale}`,
  async (t) => {
    const forMs = 32 * minute;
    const report = await announce({
      ...{ torrents, nodes, forMs },
      limits: isLong ? {} : { queriesPerSecond: 100 * scale, queryBurst: 200 * scale },
    });
    const { tally, downloadsMs, seedsMs } = report;
    const perSecond = (1_000 * tally.queries) / forMs;
    t.log(`${perSecond.toFixed(1)} queries a second, ${tally.worstSecond} at most`);
    t.log(`between announces at most ${minutes(Math.max(downloadsMs, seedsMs))}`);
    t.true(Math.max(downloadsMs, seedsMs) <= longestGapMs);
    t.true(tally.worstSecond > 100 * scale && tally.worstSecond <= 200 * scale);
    t.true(perSecond <= 100 * scale);
  },
);

/**
 * A round of all torrents takes more than 15 min: because of 5,000 torrents, or in the short form because of few
 * queries.
 */
const many: Announcing = isLarge
  ? { torrents: 5_000, nodes: 100, forMs: 110 * minute }
  : {
      ...{ torrents, nodes, forMs: (isLong ? 56 : 48) * minute },
      limits: { queriesPerSecond: 8 * scale, queryBurst: 16 * scale },
    };
const { queriesPerSecond = 100, queryBurst = 200 } = many.limits ?? {};

test.serial(
  `${many.torrents} torrents at ${queriesPerSecond} queries a second are announced in turns, of which downloads get one every 15 min`,
  async (t) => {
    const { tally, roundMs, downloadsMs, seedsMs } = await announce(many);
    const perSecond = (1_000 * tally.queries) / many.forMs;
    t.log(`${perSecond.toFixed(1)} queries a second, ${tally.worstSecond} at most`);
    t.log(
      `between announces at most: downloads ${minutes(downloadsMs)}, others ${minutes(seedsMs)}`,
    );
    t.log(`reported round: ${minutes(roundMs)}`);
    t.true(tally.worstSecond <= queryBurst);
    t.true(perSecond <= queriesPerSecond + (1_000 * queryBurst) / many.forMs);
    t.true(downloadsMs <= longestGapMs);
    // The round takes longer than the interval, and the report is true.
    t.true(seedsMs > longestGapMs);
    t.true(roundMs > 0.85 * seedsMs && roundMs < 1.05 * seedsMs);
  },
);

// One run: a population, torrents, look-ups and newcomers, and the figures of it.

import { addHostileNodes } from "./hostile-nodes.ts";
import { describeShare, describeTimes, percentile } from "./percentiles.ts";
import { DhtPopulation, type PopulationOptions } from "./population.ts";
import { AnnouncedTorrent, lookUp, type LookUpRecord } from "./torrents.ts";
import { dhtPort, type SimulatedDhtNode } from "./dht-node.ts";

/** A newcomer is looked at after this time. */
export const newcomerMs = 500_000;

const minute = 60_000;
/** Longer than any look-up takes. */
const longestLookUpMs = minute;
/** Announcers that have gone are replaced. */
const fillPeriodMs = 10_000;

/** Decides a run. */
export interface DhtRunOptions extends PopulationOptions {
  readonly torrents: number;
  /** From the first announce to the first look-up. */
  readonly warmUpMs: number;
  readonly lookUps: number;
  /** From one look-up to the next. */
  readonly lookUpEveryMs: number;
  /** Newcomers that are looked at. */
  readonly newcomers: number;
  /** Added when the honest nodes have joined. Default: none. */
  readonly hostile?: {
    readonly nodes: number;
    /** They make themselves known before the first announce. */
    readonly infiltrationMs: number;
  };
}

/** A newcomer after its first minutes. */
export interface Newcomer {
  readonly nodes: number;
  readonly depth: number;
}

/** The figures of a run. */
export interface DhtReport {
  readonly lookUps: readonly LookUpRecord[];
  readonly newcomers: readonly Newcomer[];
  /** Nodes that have been replaced. */
  readonly replaced: number;
  readonly traceDigest: string;
  readonly virtualMs: number;
}

/** Runs until all look-ups have ended and all newcomers have been looked at. */
export async function runDht(options: DhtRunOptions): Promise<DhtReport> {
  const population = new DhtPopulation(options);
  const { world } = population;
  const torrents = Array.from({ length: options.torrents }, () => new AnnouncedTorrent(population));
  await population.join();
  const newcomers = watchNewcomers(population, options.newcomers);
  if (options.hostile !== undefined) {
    addHostileNodes(population, torrents, options.hostile.nodes);
    await world.run(options.hostile.infiltrationMs);
  }
  const fill = (): void => {
    for (const torrent of torrents) torrent.fill();
  };
  fill();
  world.scheduler.timers.every(fillPeriodMs, fill);
  await world.run(options.warmUpMs);
  const lookUps = await makeLookUps(population, torrents, options);
  const patienceMs = newcomerMs + options.halfLifeMs;
  await world.runUntil(() => newcomers.length >= options.newcomers, patienceMs);
  return {
    lookUps,
    newcomers,
    replaced: population.replaced,
    traceDigest: world.traceDigest(),
    virtualMs: world.scheduler.nowMs,
  };
}

async function makeLookUps(
  population: DhtPopulation,
  torrents: readonly AnnouncedTorrent[],
  { lookUps, lookUpEveryMs }: DhtRunOptions,
): Promise<readonly LookUpRecord[]> {
  const { world, random } = population;
  const records: LookUpRecord[] = [];
  let begun = 0;
  const timer = world.scheduler.timers.every(lookUpEveryMs, () => {
    if (begun >= lookUps) return;
    const torrent = torrents[random.integer(torrents.length)];
    const node = population.anyNode();
    if (torrent?.isAnnounced !== true || torrent.isAnnouncedBy(node.host, dhtPort)) return;
    begun += 1;
    const again = world.scheduler.after(longestLookUpMs, () => {
      if (!node.isStopped) throw new Error(`a look-up from ${node.host} has no end`);
      // The node has gone: another one looks up instead.
      begun -= 1;
    });
    lookUp(population, torrent, node, (record) => {
      again.cancel();
      records.push(record);
    });
  });
  await world.runUntil(() => records.length >= lookUps, lookUps * lookUpEveryMs * 2 + 30 * minute);
  timer.cancel();
  return records;
}

/** @returns Grows to `wanted` newcomers. */
function watchNewcomers(population: DhtPopulation, wanted: number): readonly Newcomer[] {
  const newcomers: Newcomer[] = [];
  const look = async (node: SimulatedDhtNode): Promise<void> => {
    if (node.isStopped) return;
    const { families } = await node.status();
    const [{ nodes, buckets } = { nodes: 0, buckets: 0 }] = families;
    if (newcomers.length < wanted) newcomers.push({ nodes, depth: buckets });
  };
  population.onNewcomer = (node) => {
    population.world.scheduler.after(newcomerMs, () => void look(node));
  };
  return newcomers;
}

/** @returns Look-ups that found a peer, as a share. */
export function successOf({ lookUps }: DhtReport): number {
  return lookUps.filter(({ firstMs }) => firstMs !== undefined).length / lookUps.length;
}

/** @returns Percentile of the time to the first right peer, of the look-ups that found one. */
export function firstMsOf({ lookUps }: DhtReport, percent: number): number {
  return percentile(firstTimes(lookUps), percent);
}

/** @returns Percentile of the time to the end. */
export function endMsOf({ lookUps }: DhtReport, percent: number): number {
  return percentile(
    lookUps.map(({ endMs }) => endMs),
    percent,
  );
}

/** @returns Lines for a reader. */
export function describeReport(report: DhtReport): readonly string[] {
  const { lookUps, newcomers, replaced, virtualMs, traceDigest } = report;
  const found = firstTimes(lookUps);
  const asked = lookUps.map(({ asked: count }) => count);
  const deceived = lookUps.filter(({ wrongPeers }) => wrongPeers > 0).length;
  return [
    `look-ups that found a peer: ${describeShare(found.length, lookUps.length)}`,
    `first right peer: ${describeTimes(found)}`,
    `end of the look-up: ${describeTimes(lookUps.map(({ endMs }) => endMs))}`,
    `nodes asked: p50 ${percentile(asked, 50)}, p95 ${percentile(asked, 95)}`,
    `look-ups that were named a wrong peer: ${describeShare(deceived, lookUps.length)}`,
    ...describeNewcomers(newcomers),
    `${replaced} nodes replaced in ${Math.round(virtualMs / minute)} min; trace ${traceDigest}`,
  ];
}

function describeNewcomers(newcomers: readonly Newcomer[]): readonly string[] {
  if (newcomers.length === 0) return [];
  const depths = newcomers.map(({ depth }) => depth);
  const nodes = newcomers.map((newcomer) => newcomer.nodes);
  return [
    `${newcomers.length} newcomers after ${newcomerMs / 1_000} s: depth ${Math.min(...depths)} and more, ${Math.min(...nodes)} nodes and more (median ${percentile(nodes, 50)})`,
  ];
}

function firstTimes(lookUps: readonly LookUpRecord[]): readonly number[] {
  return lookUps.flatMap(({ firstMs }) => firstMs ?? []);
}

// One run: a swarm, the engine under test, and its download from the start to an orderly end.

import { SimulatedEngine } from "../engine/engine.ts";
import { cutPower } from "../engine/power.ts";
import {
  DiskView,
  HaveWatch,
  leftovers,
  leftoversOfStopped,
  pictureOf,
} from "../engine/invariants.ts";
import { engineHost, type DiskFaults, type Scenario } from "./scenario.ts";
import { SimulatedSwarm, type SwarmOptions } from "../swarm/swarm.ts";
import type { SimulatedTorrent } from "../swarm/torrent.ts";
import { SimulatedUser } from "./user.ts";

/** Virtual time that a download may take: far more than any scenario's pauses and back-offs add up to. */
export const patienceMs: number = 2 * 3_600_000;
/** Virtual time in which a sync that the disk refuses has failed. */
const syncMs = 1_000;
/** The longest that a connection for a torrent that is stopped may stand: a handshake's deadline and a linger. */
const quietMs = 30_000;

/** The outcome of a run. */
export interface SimulatedRun {
  readonly swarm: SimulatedSwarm;
  readonly engine: SimulatedEngine;
  /** From the start to the last piece. */
  readonly downloadMs: number;
  /** SHA-256 of the files on the disk in the end, in torrent order. */
  readonly sha256: () => readonly string[];
  /** Sentences about everything that should not be; empty when all is well. */
  readonly violations: readonly string[];
}

/**
 * Runs a scenario.
 *
 * @throws when a piece is claimed that is not on the disk, when a peer is served wrong bytes, when the torrent fails,
 *   and when the download does not end although an honest seeder is there.
 */
export async function runDownload(
  scenario: Scenario,
  options: SwarmOptions = {},
): Promise<SimulatedRun> {
  const swarm = new SimulatedSwarm(scenario, options);
  const { world, torrent } = swarm;
  const engine = await swarm.addEngine(engineHost, scenario);
  const disk = new DiskView(engine, torrent);
  // `have`s that were sent before a power cut arrive after it and are no longer true: they are not checked in such
  // runs.
  const prove = scenario.powerCuts === undefined ? (piece: number) => disk.prove(piece) : undefined;
  for (const script of scenario.peers) await swarm.addPeer(script, prove);
  planBlackHole(swarm, scenario);
  const user = new SimulatedUser(swarm, engine);
  user.plan(scenario.interruptions ?? []);
  if (scenario.diskFaults !== undefined) planDiskFaults(engine, scenario.diskFaults, user);
  await world.settle(scenario.isMagnet === true ? engine.addLink(torrent) : engine.add(torrent));
  const cuts = planPowerCuts(engine, scenario, swarm);
  // A torrent that is whole can still fail: in a sync, or when its empty files are made. An EIO there is final, so the
  // user stays and starts the torrent again until the disk is mended, and ends each stop.
  const mendedAtMs = scenario.diskFaults === undefined ? 0 : scenario.diskFaults.toMs + syncMs;
  const isOver = () =>
    cuts.left === 0 &&
    !user.hasStopped &&
    world.scheduler.nowMs >= mendedAtMs &&
    engine.jobs.every(({ state }) => !["error", "stopping", "stopped"].includes(state)) &&
    engine.events.some(({ event }) => event === "complete");
  const downloadMs = await untilWhole([swarm], [engine], scenario, isOver);
  user.leave();
  await swarm.settle();
  const violations = [
    ...user.violations,
    ...leftoversOfWhole(engine),
    ...(await stopAndLook(swarm, engine)),
  ];
  violations.push(...disk.differences());
  return { swarm, engine, downloadMs, sha256: () => disk.sha256(), violations };
}

/**
 * Runs until all engines have everything. Kills what is to be killed, in the engines by turns,
 * and looks at each piece that is claimed.
 *
 * @param isOver What else has to come about. Default: nothing.
 * @returns Virtual time at which all this was so.
 */
export async function untilWhole(
  swarms: readonly SimulatedSwarm[],
  engines: readonly SimulatedEngine[],
  { seed, kills, diskFaults }: Pick<Scenario, "seed" | "kills" | "diskFaults">,
  isOver: () => boolean = () => true,
): Promise<number> {
  const [{ world }] = swarms as readonly [SimulatedSwarm];
  const torrents = swarms.map(({ torrent }) => torrent);
  const watches = engines.flatMap((engine) =>
    torrents.map((torrent) => new HaveWatch(engine, torrent)),
  );
  let killed = 0;
  const areWhole = (): boolean => {
    for (const watch of watches) watch.look();
    for (let kill = kills[killed]; kill !== undefined; kill = kills[killed]) {
      if (world.deliveredMessages < kill.atMessage) break;
      engines[killed % engines.length]?.kill(kill.actor);
      killed += 1;
    }
    if (diskFaults === undefined) engines.forEach(refuseFailure);
    return (
      engines.every((engine) => torrents.every((torrent) => isHad(engine, torrent))) && isOver()
    );
  };
  try {
    await world.runUntil(areWhole, patienceMs);
  } catch (error) {
    const pictures = engines.map(pictureOf).join("\n\n");
    throw new Error(`seed ${seed}: ${String(error)}\n${pictures}`, { cause: error });
  }
  return world.scheduler.nowMs;
}

function isHad(engine: SimulatedEngine, torrent: SimulatedTorrent): boolean {
  return engine.jobOf(torrent)?.content.ledger.isComplete === true;
}

function refuseFailure({ allJobs }: SimulatedEngine): void {
  const failed = allJobs.find(({ state }) => state === "error");
  if (failed !== undefined) throw new Error(`the torrent failed: ${failed.fault?.message}`);
}

/** Stops an engine's torrents, then the engine, and looks for what is left. */
export async function stopAndLook(
  { world }: SimulatedSwarm,
  engine: SimulatedEngine,
): Promise<readonly string[]> {
  await world.settle(engine.stopTorrents());
  // A peer that dials meanwhile is shown the door, which takes a moment.
  const isQuiet = (): boolean => engine.workers.every(({ connections }) => connections.size === 0);
  await world.runUntil(isQuiet, quietMs);
  const found = leftoversOfStopped(engine).map((line) => `after the stop: ${line}`);
  await world.settle(engine.stop());
  return [...found, ...unwantedCrashes(engine)];
}

function planBlackHole({ world, peerCount }: SimulatedSwarm, { blackHole }: Scenario): void {
  if (blackHole === undefined || peerCount === 0) return;
  const { scheduler, network } = world;
  scheduler.after(blackHole.fromMs, () => network.setBlackHole(engineHost, "45.10.2.1", true));
  scheduler.after(blackHole.toMs, () => network.setBlackHole(engineHost, "45.10.2.1", false));
}

/** @returns How many are still to come. */
function planPowerCuts(
  engine: SimulatedEngine,
  { powerCuts = [] }: Scenario,
  { world }: SimulatedSwarm,
): { left: number } {
  const { random } = engine.machine.ports("power");
  const cuts = { left: powerCuts.length };
  for (const { atMs, isRecordHit } of powerCuts) {
    world.scheduler.after(atMs, () => {
      cuts.left -= 1;
      cutPower(engine, random, isRecordHit);
    });
  }
  return cuts;
}

function planDiskFaults(
  { machine }: SimulatedEngine,
  { fromMs, toMs, chance, code, operations }: DiskFaults,
  user: SimulatedUser,
): void {
  const { clock, random } = machine.ports("disk faults");
  machine.disk.fault = ({ operation }) => {
    const isDue = clock.nowMs() >= fromMs && clock.nowMs() < toMs;
    const isHit = operations === undefined || operations.includes(operation);
    return isDue && isHit && random.next() < chance ? code : undefined;
  };
  // A torrent on a full disk continues by itself.
  if (code !== "ENOSPC") user.mend(3_000);
}

function leftoversOfWhole(engine: SimulatedEngine): readonly string[] {
  const odd = engine.jobs.filter(({ state }) => state !== "active" && state !== "paused");
  return [...leftovers(engine), ...odd.map(({ state }) => `the state is ${state}`)];
}

function unwantedCrashes({ crashes }: SimulatedEngine): readonly string[] {
  return crashes
    .filter(({ error }) => (error as { code?: unknown }).code !== "actor-killed")
    .map(({ actor, error }) => `${actor} crashed: ${JSON.stringify(error)}`);
}

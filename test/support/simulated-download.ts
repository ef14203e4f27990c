// One run: a world, a swarm, the engine under test, and the download from its start to its orderly end.

import { SimulatedWorld } from "@troupe/actor-runtime/simulated";
import { SimulatedEngine, startSimulatedEngine } from "./simulated-engine.ts";
import {
  DiskView,
  HaveWatch,
  leftovers,
  leftoversOfStopped,
  pictureOf,
  rightSha256,
} from "./simulated-invariants.ts";
import { SimulatedPeer } from "./simulated-peer.ts";
import { engineHost, type Scenario } from "./simulated-scenario.ts";
import {
  makeSimulatedTorrent,
  usualFileLengths,
  type SimulatedTorrent,
} from "./simulated-torrent.ts";
import { SimulatedTracker } from "./simulated-tracker.ts";

const trackerUrl = "http://tracker.example/announce";
/** Virtual time that a download may take: far more than any scenario's pauses and back-offs add up to. */
const patienceMs = 2 * 3_600_000;
/** Virtual time for what is still under way when everything is had. */
const settleMs = 5_000;

/** What came of a run. */
export interface SimulatedRun {
  readonly world: SimulatedWorld;
  readonly engine: SimulatedEngine;
  readonly torrent: SimulatedTorrent;
  readonly tracker: SimulatedTracker;
  /** From the start to the last piece. */
  readonly downloadMs: number;
  /** Sentences about everything that should not be; empty when all is well. */
  readonly violations: readonly string[];
}

/** What a caller may want otherwise. */
export interface RunOptions {
  readonly keepTrace?: boolean;
}

/**
 * Runs a scenario.
 *
 * @throws when a piece is claimed that is not on the disk, when a peer is served wrong bytes, and when the download
 *   does not end although an honest seeder is there.
 */
export async function runDownload(
  scenario: Scenario,
  { keepTrace = false }: RunOptions = {},
): Promise<SimulatedRun> {
  const { seed, conditions, messageDelayMs, trackerFailChance: failChance } = scenario;
  const world = new SimulatedWorld({ seed, conditions, messageDelayMs, keepTrace });
  const { pieceLengthBytes } = scenario;
  const torrent = makeSimulatedTorrent({
    pieceLengthBytes,
    fileLengths: usualFileLengths,
    trackers: [trackerUrl],
    seed,
  });
  const machine = world.machine({ addresses: [engineHost], name: "downloader" });
  machine.disk.makeFolder("/downloads");
  const { random } = world.machine({ addresses: ["45.10.1.1"], name: "tracker" }).parts("tracker");
  const options = { url: trackerUrl, random, intervalSeconds: 60, failChance };
  const tracker = new SimulatedTracker(world, options);
  const engine = await world.settle(startSimulatedEngine({ machine, ...scenario }));
  const disk = new DiskView(engine, torrent);
  const watch = new HaveWatch(engine, disk);
  const saysHave = (piece: number): void => {
    if (!disk.holds(piece))
      throw new Error(`a peer was told of piece ${piece}, which is not there`);
  };
  for (const [index, script] of scenario.peers.entries()) {
    const peerMachine = world.machine({ addresses: [`45.10.2.${index + 1}`] });
    const peer = new SimulatedPeer({ machine: peerMachine, torrent, script, saysHave });
    await world.settle(peer.start());
    tracker.add(peer.address);
  }
  planBlackHole(world, scenario);
  await world.settle(engine.add(torrent));
  const kills = [...scenario.kills];
  const killWhenDue = (): void => {
    while (kills[0] !== undefined && world.deliveredMessages >= kills[0].atMessage) {
      engine.kill(kills.shift()?.actor ?? "");
    }
  };
  const isWhole = (): boolean => {
    watch.look();
    killWhenDue();
    const { job } = engine;
    if (job?.state === "error") throw new Error(`the torrent failed: ${job.fault?.message}`);
    return engine.job?.ledger.isComplete === true;
  };
  try {
    await world.runUntil(isWhole, patienceMs);
  } catch (error) {
    throw new Error(`seed ${seed}: ${String(error)}\n${pictureOf(engine)}`, { cause: error });
  }
  const downloadMs = world.scheduler.nowMs;
  await world.run(settleMs);
  const violations = [...(await endOf(world, engine))];
  const right = rightSha256(torrent);
  for (const [file, digest] of disk.sha256().entries()) {
    if (digest !== right[file]) violations.push(`${torrent.files[file]?.path} differs: ${digest}`);
  }
  return { world, engine, torrent, tracker, downloadMs, violations };
}

function planBlackHole({ scheduler, network }: SimulatedWorld, { blackHole }: Scenario): void {
  if (blackHole === undefined) return;
  scheduler.after(blackHole.fromMs, () => network.setBlackHole(engineHost, "45.10.2.1", true));
  scheduler.after(blackHole.toMs, () => network.setBlackHole(engineHost, "45.10.2.1", false));
}

/** Looks at the engine when all is had, stops it, and looks again. */
async function endOf(world: SimulatedWorld, engine: SimulatedEngine): Promise<readonly string[]> {
  const violations: string[] = [];
  const { job } = engine;
  if (job?.state !== "active")
    violations.push(`the state is ${job?.state}: ${job?.fault?.message}`);
  violations.push(...leftovers(engine));
  await world.settle(engine.stopTorrent());
  violations.push(...leftoversOfStopped(engine).map((line) => `after the stop: ${line}`));
  await world.settle(engine.stop());
  for (const { actor, error } of engine.crashes) {
    if ((error as { code?: unknown }).code !== "actor-killed") {
      violations.push(`${actor} crashed: ${JSON.stringify(error)}`);
    }
  }
  return violations;
}

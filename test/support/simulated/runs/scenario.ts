// The scenario of one simulated run, drawn from its seed: the swarm, the network, and the crashes with their times.

import { SeededRandom, type DiskCall, type RouteConditions } from "@troupe/actor-runtime/simulated";
import { honestSeeder, type PeerScript } from "../swarm/peer.ts";
import type { WebSeedScript } from "../swarm/web-seed.ts";
import type { TorrentVersion } from "../swarm/torrent.ts";
import { enginePort } from "../engine/engine.ts";
import { interruptionsOf, type Interruption } from "./user.ts";

/** Address of the engine under test; the peers' follow. */
export const engineHost = "45.10.0.1";

/** One actor killed once so many messages were delivered. */
export interface Kill {
  readonly atMessage: number;
  readonly actor: string;
}

/** Everything that decides a run, beside its seed. */
export interface Scenario {
  readonly seed: number;
  readonly peerWorkers: number;
  readonly memoryBytes: number;
  readonly pieceLengthBytes: number;
  /** Default: the usual 4 MiB. */
  readonly fileLengths?: readonly number[];
  /** Default: version 1. */
  readonly version?: TorrentVersion;
  /** Indexes of files that are padding. */
  readonly paddingFiles?: readonly number[];
  /** The engine is given a magnet link with the tracker, instead of the .torrent. */
  readonly isMagnet?: boolean;
  /** Bytes that make the metadata longer. */
  readonly metadataPaddingBytes?: number;
  readonly isPrivate?: boolean;
  readonly conditions: Partial<RouteConditions>;
  readonly messageDelayMs: number;
  readonly trackerFailChance: number;
  readonly peers: readonly PeerScript[];
  readonly kills: readonly Kill[];
  /** A web server that the torrent names. */
  readonly webSeed?: WebSeedScript;
  /** From and to these times no packet goes between the engine and the first peer, if there is a peer. */
  readonly blackHole?: { readonly fromMs: number; readonly toMs: number };
  /** The user's acts meanwhile. */
  readonly interruptions?: readonly Interruption[];
  readonly diskFaults?: DiskFaults;
  /** When the engine's machine loses its power, and comes back at once. */
  readonly powerCuts?: readonly PowerCut[];
}

/** The end of everything that was not synced. */
export interface PowerCut {
  readonly atMs: number;
  /** The record of the job is damaged too. */
  readonly isRecordHit: boolean;
}

/**
 * Within these times calls of the engine's disk fail by chance. After other errors than a full disk the user starts the
 * torrent again.
 */
export interface DiskFaults {
  readonly fromMs: number;
  readonly toMs: number;
  readonly chance: number;
  readonly code: string;
  /** Undefined for all. */
  readonly operations?: readonly DiskCall["operation"][];
}

const writingOperations: readonly DiskCall["operation"][] = ["write", "truncate", "makeFolder"];
/** Calls that a full disk refuses: to make an empty file, and to write back what was accepted before. */
const fillingOperations: readonly DiskCall["operation"][] = [
  ...writingOperations,
  "open",
  "syncLater",
];

/** One seeder, one peer-worker, nothing goes wrong. */
export function calmScenario(seed: number, changes: Partial<Scenario> = {}): Scenario {
  return {
    seed,
    peerWorkers: 1,
    memoryBytes: 4 << 20,
    pieceLengthBytes: 65_536,
    conditions: {},
    messageDelayMs: 1,
    trackerFailChance: 0,
    peers: [honestSeeder],
    kills: [],
    ...changes,
  };
}

/** A swarm and a network of every kind; the first peer is an honest seeder, so that the download can end. */
export function roughScenario(seed: number, changes: Partial<Scenario> = {}): Scenario {
  const random = new SeededRandom(`scenario ${seed}`);
  const others = random.integer(4);
  return {
    seed,
    peerWorkers: pick(random, [1, 1, 2, 3]),
    memoryBytes: pick(random, [1 << 20, 2 << 20, 4 << 20, 16 << 20]),
    pieceLengthBytes: pick(random, [16_384, 32_768, 65_536, 65_536, 262_144, 1 << 20]),
    conditions: roughConditions(random),
    messageDelayMs: pick(random, [0, 1, 10, 50]),
    trackerFailChance: pick(random, [0, 0, 0.3]),
    peers: [honest(random), ...Array.from({ length: others }, () => anyPeer(random))],
    kills: [],
    ...(random.next() < 0.3 && { blackHole: span(random) }),
    ...changes,
  };
}

/** A rough scenario in which any actor is killed while the download runs. */
export function deadlyScenario(seed: number, changes: Partial<Scenario> = {}): Scenario {
  const rough = roughScenario(seed, changes);
  const peers = Array.from({ length: rough.peerWorkers }, (_, index) => `peer-${index}`);
  const kills = killsOf(seed, [
    "file-0",
    "file-0",
    "records",
    "hash",
    "engine",
    ...peers,
    ...peers,
  ]);
  return { ...rough, kills, ...changes };
}

/** A rough scenario in which these are killed; with as many peer-workers as are among them. */
export function killingOf(seed: number, actors: readonly string[]): Scenario {
  const peerWorkers = Math.max(1, actors.filter((actor) => actor.startsWith("peer-")).length);
  return roughScenario(seed, { peerWorkers, kills: killsOf(seed, actors) });
}

/** Peers that want everything, over a rough network, of an engine that is to seed while its actors die. */
export function seedingScenario(seed: number): Scenario {
  const random = new SeededRandom(`seeding ${seed}`);
  const peers = Array.from({ length: 1 + random.integer(6) }, () => leecher(random));
  return { ...deadlyScenario(seed), peers };
}

/** A rough scenario in which the user interferes, and actors die. */
export function interruptedScenario(seed: number): Scenario {
  return { ...deadlyScenario(seed), interruptions: interruptionsOf(seed) };
}

/** A rough scenario with one to three power cuts, before and after syncs; some of them damage the record too. */
export function powerlessScenario(seed: number): Scenario {
  const random = new SeededRandom(`power ${seed}`);
  const powerCuts = Array.from({ length: 1 + random.integer(3) }, () => ({
    atMs: random.integer(random.next() < 0.3 ? 4_000 : 40_000),
    isRecordHit: random.next() < 0.2,
  }));
  // Slow enough that files are synced several times while pieces come.
  const slowSeeder = { ...honestSeeder, leastServeMs: 50, serveJitterMs: 150 };
  const rough = roughScenario(seed);
  return { ...rough, peers: [slowSeeder, ...rough.peers.slice(1, 2)], powerCuts };
}

/** A rough scenario in which the disk is full, or broken, for a while. */
export function faultyDiskScenario(seed: number): Scenario {
  const random = new SeededRandom(`disk ${seed}`);
  const chance = pick(random, [0.05, 0.3, 1]);
  const faults = pick(random, [
    { code: "ENOSPC", operations: fillingOperations },
    { code: "EROFS", operations: writingOperations },
    { code: "EIO" },
  ]);
  return roughScenario(seed, { diskFaults: { ...span(random), chance, ...faults } });
}

/** Everything at once: dying actors, a user who interferes, a disk that fails. */
export function troubledScenario(seed: number): Scenario {
  const { diskFaults } = faultyDiskScenario(seed);
  return { ...interruptedScenario(seed), ...(diskFaults !== undefined && { diskFaults }) };
}

/** One to four kills; half of them early, the others at any time of a usual run. */
function killsOf(seed: number, actors: readonly string[]): readonly Kill[] {
  const random = new SeededRandom(`kills ${seed}`);
  const kills = Array.from({ length: 1 + random.integer(4) }, () => ({
    atMessage: 20 + random.integer(random.next() < 0.5 ? 150 : 600),
    actor: pick(random, actors),
  }));
  return kills.toSorted((a, b) => a.atMessage - b.atMessage);
}

function roughConditions(random: SeededRandom): Partial<RouteConditions> {
  return {
    latencyMs: pick(random, [0.1, 5, 20, 150]),
    jitterMs: pick(random, [0, 5, 80]),
    bytesPerSecond: pick(random, [200_000, 1_000_000, 12_500_000, 100_000_000]),
    longestChunkBytes: pick(random, [1_448, 16_384, 65_536, 65_536]),
    resetChance: pick(random, [0, 0, 0.0005, 0.003]),
  };
}

function honest(random: SeededRandom): PeerScript {
  return {
    ...honestSeeder,
    unchokeAfterMs: random.integer(2_000),
    leastServeMs: pick(random, [0, 1, 20]),
    serveJitterMs: pick(random, [0, 1, 50]),
    dropChance: pick(random, [0, 0, 0.005, 0.02]),
    ...(random.next() < 0.3 && { away: span(random) }),
    ...choking(random),
  };
}

function leecher(random: SeededRandom): PeerScript {
  return {
    ...honestSeeder,
    hasShare: pick(random, [0, 0, 0.5]),
    unchokeAfterMs: random.integer(5_000),
    wants: true,
    dials: random.next() < 0.5 ? [{ host: engineHost, port: enginePort }] : [],
    ...(random.next() < 0.3 && { away: span(random) }),
  };
}

function anyPeer(random: SeededRandom): PeerScript {
  return {
    hasShare: pick(random, [0, 0.3, 0.7, 1]),
    ...(random.next() < 0.3 && { gainEveryMs: 500 + random.integer(5_000) }),
    unchokeAfterMs: random.integer(5_000),
    ...choking(random),
    leastServeMs: pick(random, [0, 1, 20, 200]),
    serveJitterMs: pick(random, [0, 1, 50, 2_000]),
    ignoreChance: pick(random, [0, 0, 0.05]),
    lieChance: pick(random, [0, 0, 0, 0.02]),
    dropChance: pick(random, [0, 0, 0.005, 0.05]),
    wants: random.next() < 0.6,
    dials: random.next() < 0.5 ? [{ host: engineHost, port: enginePort }] : [],
    ...(random.next() < 0.3 && { away: span(random) }),
  };
}

function choking(random: SeededRandom): Pick<PeerScript, "chokeEveryMs" | "chokeForMs"> {
  if (random.next() < 0.7) return { chokeForMs: 0 };
  const chokeEveryMs = 1_000 + random.integer(10_000);
  return { chokeEveryMs, chokeForMs: 50 + random.integer(chokeEveryMs / 2) };
}

function span(random: SeededRandom): { fromMs: number; toMs: number } {
  const fromMs = random.integer(random.next() < 0.5 ? 2_000 : 20_000);
  return { fromMs, toMs: fromMs + 1_000 + random.integer(40_000) };
}

function pick<Value>(random: SeededRandom, values: readonly Value[]): Value {
  const value = values[random.integer(values.length)];
  if (value === undefined) throw new Error("bug: nothing to pick from");
  return value;
}

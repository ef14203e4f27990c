// A simulated world with one torrent in it: a tracker, and the engines and scripted peers that are added.

import {
  SimulatedWorld,
  type LineOptions,
  type SimulatedMachine,
} from "@troupe/actor-runtime/simulated";
import {
  downloadFolder,
  startSimulatedEngine,
  type SimulatedEngine,
  type SimulatedEngineOptions,
} from "../engine/engine.ts";
import { SimulatedPeer, type PeerScript, type SimulatedPeerOptions } from "./peer.ts";
import type { Scenario } from "../runs/scenario.ts";
import { makeSimulatedTorrent, usualFileLengths, type SimulatedTorrent } from "./torrent.ts";
import { SimulatedTracker } from "./tracker.ts";
import { SimulatedWebSeed, webSeedUrl } from "./web-seed.ts";

const settleMs = 5_000;
/** Few enough to be dialled in the same minute. */
const peersOfNetwork = 25;

/** Options of a simulated swarm. */
export interface SwarmOptions {
  /** Default false: only the digest of the trace is kept. */
  readonly keepTrace?: boolean;
  /** The world of another swarm, which this one is to be in. It decides the network then. */
  readonly within?: SimulatedSwarm;
  /** URLs of further trackers of the torrent, each a tier. */
  readonly otherTrackers?: readonly string[];
}

/** One torrent with its engines, peers and trackers. */
export class SimulatedSwarm {
  readonly world: SimulatedWorld;
  readonly torrent: SimulatedTorrent;
  readonly tracker: SimulatedTracker;
  readonly webSeed?: SimulatedWebSeed;
  /** Swarms of its world before it. */
  readonly #number: number;
  #peers = 0;

  constructor(scenario: Scenario, options: SwarmOptions = {}) {
    const { keepTrace = false, within, otherTrackers = [] } = options;
    const { seed, conditions, messageDelayMs, pieceLengthBytes } = scenario;
    this.#number = within === undefined ? 0 : within.#number + 1;
    this.world =
      within?.world ?? new SimulatedWorld({ seed, conditions, messageDelayMs, keepTrace });
    const trackerUrl = `http://tracker-${this.#number}.example/announce`;
    this.torrent = makeSimulatedTorrent({
      pieceLengthBytes,
      fileLengths: scenario.fileLengths ?? usualFileLengths,
      ...(scenario.version !== undefined && { version: scenario.version }),
      ...(scenario.paddingFiles !== undefined && { paddingFiles: scenario.paddingFiles }),
      trackers: [trackerUrl, ...otherTrackers],
      seed: seed + 1_000_000 * this.#number,
      ...(scenario.metadataPaddingBytes !== undefined && {
        paddingBytes: scenario.metadataPaddingBytes,
      }),
      isPrivate: scenario.isPrivate === true,
      webSeeds: scenario.webSeed === undefined ? [] : [webSeedUrl],
    });
    if (scenario.webSeed !== undefined) {
      const { random } = this.world.machine({ addresses: ["45.10.1.200"] }).ports("web seed");
      this.webSeed = new SimulatedWebSeed(this.world, this.torrent, scenario.webSeed, random);
    }
    this.tracker = new SimulatedTracker(this.world, {
      url: trackerUrl,
      random: this.world.machine({ addresses: [`45.10.1.${this.#number + 1}`] }).ports("tracker")
        .random,
      intervalSeconds: 60,
      failChance: scenario.trackerFailChance,
    });
  }

  /** Scripted peers so far. */
  get peerCount(): number {
    return this.#peers;
  }

  /** Starts an engine on a machine of its own. */
  addEngine(
    host: string,
    options: Omit<SimulatedEngineOptions, "machine"> = {},
    line?: LineOptions,
  ): Promise<SimulatedEngine> {
    const machine = this.world.machine({
      addresses: [host],
      name: `engine ${host}`,
      ...(line !== undefined && { line }),
    });
    machine.disk.makeFolder(downloadFolder);
    return this.world.settle(startSimulatedEngine({ machine, ...options }));
  }

  /** Starts a scripted peer, which the tracker names from now on if it announces itself. It is at {@link peerHost}. */
  async addPeer(
    script: PeerScript,
    saysHave?: SimulatedPeerOptions["saysHave"],
  ): Promise<SimulatedPeer> {
    this.#peers += 1;
    const machine = this.world.machine({ addresses: [peerHost(this.#peers, this.#number)] });
    const peer = new SimulatedPeer({ machine, torrent: this.torrent, script, saysHave });
    await this.world.settle(peer.start());
    if (script.isUnannounced !== true) this.tracker.add(peer.address);
    return peer;
  }

  /** Runs some seconds more, for what is still under way when everything is had. */
  settle(): Promise<void> {
    return this.world.run(settleMs);
  }

  /** Puts the whole content on a machine's disk, for an engine that seeds, or some files of it. */
  fillDisk({ disk }: SimulatedMachine, files = this.torrent.files): void {
    for (const { path, bytes } of files) {
      const whole = `${downloadFolder}/${path}`;
      disk.makeFolder(whole.slice(0, whole.lastIndexOf("/")));
      disk.writeFileAtomically(whole, bytes);
    }
  }
}

/**
 * The address of a scripted peer: `45.10.2.1`, `45.10.2.2` … and, from the twenty-sixth on, in further networks.
 *
 * @param peer From 1 on.
 * @param swarm The number of swarms before its own.
 */
export function peerHost(peer: number, swarm = 0): string {
  const network = Math.floor((peer - 1) / peersOfNetwork);
  return `45.${10 + network}.${2 + swarm}.${1 + ((peer - 1) % peersOfNetwork)}`;
}

// One misbehaving peer against the production engine in virtual time, with an honest seeder beside it.

import type { SimulatedMachine } from "@troupe/actor-runtime/simulated";
import type { ExtensionModule } from "@troupe/coordinator";
import { stopAndLook, untilWhole } from "./download.ts";
import { enginePort, type SimulatedEngine } from "../engine/engine.ts";
import { DiskView } from "../engine/invariants.ts";
import { DialWatch } from "../swarm/dial-watch.ts";
import { honestSeeder, peerPort } from "../swarm/peer.ts";
import { calmScenario, engineHost, type Scenario } from "./scenario.ts";
import { SimulatedSwarm } from "../swarm/swarm.ts";
import type { TorrentVersion } from "../swarm/torrent.ts";
import {
  type HostilePeer,
  misbehave,
  type RawConnection,
  type RawConnectionOptions,
  treeOf,
} from "@troupe/load-peers/misbehaving";
import { dialConnection, listenForConnections, targetOf } from "../../hostile/port-connection.ts";

/** Where the misbehaving peer is: on the internet, so that what is counted by address counts. */
const hostileHost = "45.66.6.6";
/** Long enough for every deadline of the engine, and for all that is counted by the minute. */
const longestMs = 180_000;
/** Connections that are looked at, of a peer that comes back again and again. */
const mostVisits = 200;
const sampleMs = 100;
const extensionUrl = "file:///extension.mjs";
/** Memory of a queued request. */
const waitingRequestBytes = 20;

/** The outcome. */
export interface HostileReport {
  /** Reasons of the `peer` events of its partings, in order. */
  readonly reasons: readonly string[];
  /** From its first connection to the first end of one, to the tenth of a second; Infinity when none ended. */
  readonly closedAfterMs: number;
  readonly connections: number;
  /** Over all its connections. */
  readonly sentBytes: number;
  readonly heardBytes: number;
  /** Payload that came for nothing. */
  readonly wastedBytes: number;
  /** The most that the engine held of its connections at once: parts of messages, requests, and bytes for it. */
  readonly heldBytes: number;
  /** Dials to others than the seeder and the misbehaving peer. */
  readonly dials: number;
  /** From the honest seeder's readiness to the last piece. */
  readonly downloadMs: number;
  /** Sentences about everything that should not be. */
  readonly violations: readonly string[];
}

/** How long the honest seeder waits; until then the misbehaving peer has the engine for itself. */
export interface Meeting {
  readonly honestAfterMs?: number;
  /** Rate of the misbehaving peer's line. Default 1 MB/s. */
  readonly bytesPerSecond?: number;
  /** Extension of the engine. Default: none. */
  readonly extension?: ExtensionModule;
  /** Version of the torrent. Default v1. */
  readonly version?: TorrentVersion | undefined;
}

/** Without version 2 86 pieces: their number is no multiple of eight, so that a bitfield has spare bits. */
function shapeOf(version: TorrentVersion): Partial<Scenario> {
  if (version === "v1") return { pieceLengthBytes: 49_152 };
  return { version, pieceLengthBytes: 65_536, fileLengths: [1_500_000, 0, 700_001] };
}

/** Lets the peer misbehave until it is closed for good, or for three minutes, while the download runs to its end. */
export async function meetInVirtualTime(
  peer: HostilePeer,
  { honestAfterMs = 5_000, bytesPerSecond = 1_000_000, extension, version = "v1" }: Meeting = {},
): Promise<HostileReport> {
  const scenario = calmScenario(1, shapeOf(version));
  const swarm = new SimulatedSwarm(scenario);
  const { world, torrent } = swarm;
  const engine = await swarm.addEngine(engineHost, scenario);
  // The first of its files is there: the engine has pieces to give and lacks others.
  swarm.fillDisk(engine.machine, torrent.files.slice(0, 1));
  const seeder = await swarm.addPeer({ ...honestSeeder, unchokeAfterMs: honestAfterMs });
  const watch = new DialWatch(engine.machine, () => world.scheduler.nowMs);
  const visits = new Visits(peer, swarm, bytesPerSecond);
  if (peer.isDialled === true) await world.settle(visits.listen());
  engine.machine.modules.register(extensionUrl, extension);
  const modules = extension === undefined ? {} : { extensions: [extensionUrl] };
  await world.settle(engine.add(torrent, "download", undefined, { modules }));
  await world.runUntil(() => engine.jobs[0]?.state === "active");
  const beganAtMs = world.scheduler.nowMs;
  if (peer.isDialled !== true) visits.begin();
  const held = watchSessions(engine, swarm);
  const wholeAtMs = await untilWhole([swarm], [engine], scenario);
  await world.run(Math.max(0, beganAtMs + longestMs - wholeAtMs));
  const wastedBytes = engine.jobOf(torrent)?.content.traffic.total("wastedBytes") ?? 0;
  visits.end();
  await swarm.settle();
  held.stop();
  const violations = [
    ...(await stopAndLook(swarm, engine)),
    ...new DiskView(engine, torrent).differences(),
  ];
  const known = new Set([hostileHost, seeder.address.host]);
  return {
    reasons: reasonsOf(engine),
    closedAfterMs: Math.min(visits.firstClosedAtMs ?? Infinity, held.firstGoneAtMs) - beganAtMs,
    connections: visits.lines.length,
    sentBytes: visits.lines.reduce((sum, connection) => sum + connection.sentBytes, 0),
    heardBytes: visits.lines.reduce((sum, connection) => sum + connection.heardBytes, 0),
    wastedBytes,
    heldBytes: held.mostBytes,
    dials: watch.dials.filter(({ to }) => !known.has(to.host)).length,
    downloadMs: wholeAtMs - beganAtMs - honestAfterMs,
    violations,
  };
}

/** The connections of one misbehaving peer. */
export class Visits {
  readonly lines: RawConnection[] = [];
  firstClosedAtMs: number | undefined;
  readonly #peer: HostilePeer;
  readonly #swarm: SimulatedSwarm;
  readonly #machine: SimulatedMachine;
  readonly #options: Omit<RawConnectionOptions, "ports">;
  #isOver = false;

  constructor(peer: HostilePeer, swarm: SimulatedSwarm, bytesPerSecond: number) {
    const { content, info, metainfo } = swarm.torrent;
    this.#peer = peer;
    this.#swarm = swarm;
    this.#machine = swarm.world.machine({ addresses: [hostileHost] });
    this.#options = {
      target: {
        ...targetOf(metainfo.infoHash, content, metainfo.geometry.pieceLengthBytes),
        metadataBytes: info.length,
        tree: treeOf(metainfo),
      },
      peerId: Buffer.from("-XX0000-hostile00000"),
      bytesPerSecond,
    };
  }

  begin(): void {
    for (let count = this.#peer.connections ?? 1; count > 0; count--) this.#dial();
  }

  async listen(): Promise<void> {
    const ports = this.#machine.ports("hostile");
    const at = { host: "0.0.0.0", port: peerPort };
    await listenForConnections(ports, at, this.#options, (connection) => this.#run(connection));
    this.#swarm.tracker.add({ host: hostileHost, port: peerPort });
  }

  end(): void {
    this.#isOver = true;
    for (const connection of this.lines) connection.close();
  }

  #dial(): void {
    const ports = this.#machine.ports("hostile");
    this.#run(dialConnection(ports, { host: engineHost, port: enginePort }, this.#options));
  }

  #run(connection: RawConnection): void {
    this.lines.push(connection);
    void misbehave(this.#peer, connection).then(() => {
      if (this.#isOver) return;
      this.firstClosedAtMs ??= this.#swarm.world.scheduler.nowMs;
      if (this.#peer.comesBack === true && this.lines.length < mostVisits) this.#dial();
    });
  }
}

/** Watches what the engine holds of the misbehaving peer. */
export function watchSessions(engine: SimulatedEngine, { world }: SimulatedSwarm) {
  const held = { mostBytes: 0, firstGoneAtMs: Infinity, stop: (): void => timer.cancel() };
  let wasThere = false;
  const timer = world.scheduler.every(sampleMs, () => {
    const sessions = engine.workers
      .flatMap(({ torrents }) => [...torrents.values()])
      .flatMap((opened) => [...opened.sessions])
      .filter(({ identity }) => identity.host === hostileHost);
    // A peer that does not read does not notice its end.
    if (wasThere && sessions.length === 0) {
      held.firstGoneAtMs = Math.min(held.firstGoneAtMs, world.scheduler.nowMs);
    }
    wasThere ||= sessions.length > 0;
    const bytes = sessions.reduce(
      (sum, { requestsWaiting, wire }) =>
        sum +
        wire.reader.bufferedBytes +
        wire.connection.queuedBytes +
        requestsWaiting * waitingRequestBytes +
        (wire.input?.pendingBytes ?? 0),
      0,
    );
    held.mostBytes = Math.max(held.mostBytes, bytes);
  });
  return held;
}

/** Why its connections ended. */
export function reasonsOf({ events }: SimulatedEngine): readonly string[] {
  return events.flatMap((said) =>
    said.event === "peer" && !said.connected && said.address.startsWith(`${hostileHost}:`)
      ? [said.reason ?? "none"]
      : [],
  );
}

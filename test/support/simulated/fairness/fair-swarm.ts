// A swarm on lines in virtual time: members that give and take, and their figures.

import type { LineOptions, RouteConditions } from "@troupe/actor-runtime/simulated";
import type { AddTorrent, RateLimits } from "@troupe/messages";
import { enginePort, type SimulatedEngineOptions } from "../engine/engine.ts";
import { calmScenario } from "../runs/scenario.ts";
import { honestSeeder, SimulatedPeer, type PeerScript } from "../swarm/peer.ts";
import { SimulatedSwarm } from "../swarm/swarm.ts";
import { SimulatedAttacker } from "./attacker.ts";
import { EngineMember, type MemberKind } from "./engine-member.ts";

const lookEveryMs = 1_000;

/** The torrent, the lines and the engines of a swarm. */
export interface FairSwarmPlan {
  readonly seed: number;
  readonly lengthBytes: number;
  /** Default 64 KiB. */
  readonly pieceLengthBytes?: number;
  /** Peer-workers of each engine; default 1. */
  readonly peerWorkers?: number;
  /** Memory of each engine; default 16 MiB. */
  readonly memoryBytes?: number;
  /** Connections of each engine; default 50. */
  readonly maxPeers?: number;
  /** Upload slots of each engine. Default: by rate. */
  readonly uploadSlots?: SimulatedEngineOptions["uploadSlots"];
  /** Line of each member without one of its own. */
  readonly line: LineOptions;
  /** Default: 20 to 25 ms each way, and bounded by nothing but the lines. */
  readonly conditions?: Partial<RouteConditions>;
}

interface MemberOptions {
  readonly limits?: RateLimits;
  readonly isByLink?: boolean;
  /** Changes to the request that adds its torrent. */
  readonly changes?: Partial<AddTorrent>;
}

/** One torrent and its members, each at an address of its own /24. */
export class FairSwarm {
  readonly swarm: SimulatedSwarm;
  readonly plan: FairSwarmPlan;
  readonly members: EngineMember[] = [];
  #hosts = 0;

  constructor(plan: FairSwarmPlan) {
    this.plan = plan;
    this.swarm = new SimulatedSwarm(
      calmScenario(plan.seed, {
        pieceLengthBytes: plan.pieceLengthBytes ?? 65_536,
        fileLengths: [plan.lengthBytes],
        conditions: { bytesPerSecond: 1_000_000_000, ...plan.conditions },
      }),
    );
  }

  get nowMs(): number {
    return this.swarm.world.scheduler.nowMs;
  }

  /** An engine that has everything, and has hashed it. */
  async addSeeder(
    line: LineOptions = this.plan.line,
    limits: RateLimits = {},
    changes: Partial<AddTorrent> = {},
  ): Promise<EngineMember> {
    const seeder = await this.#addEngine("seeder", line, "seed-only", { limits, changes });
    await this.swarm.world.runUntil(() => seeder.engine.jobs[0]?.state === "active");
    return seeder;
  }

  /** @param limits Rate limits that hold from its first byte on. */
  addLeecher(line: LineOptions = this.plan.line, limits: RateLimits = {}): Promise<EngineMember> {
    return this.#addEngine("leecher", line, "download", { limits });
  }

  /** @returns A leecher that has the link alone, and needs a peer that offers the metadata. */
  addLeecherByLink(line: LineOptions = this.plan.line): Promise<EngineMember> {
    return this.#addEngine("leecher", line, "download", { isByLink: true });
  }

  addFreeRider(line: LineOptions = this.plan.line): Promise<EngineMember> {
    return this.#addEngine("free-rider", line, "download", {
      changes: { settings: { upload: false } },
    });
  }

  /** A scripted peer that has everything, and serves every peer. */
  addScriptedSeeder(line: LineOptions = this.plan.line): Promise<SimulatedPeer> {
    return this.addScripted(honestSeeder, line);
  }

  /** A scripted peer that does as its script says. @param host Default: an address of the internet. */
  async addScripted(
    script: PeerScript,
    line: LineOptions,
    host: string = this.#nextHost(),
  ): Promise<SimulatedPeer> {
    const { torrent, tracker, world } = this.swarm;
    const machine = world.machine({ addresses: [host], line });
    const peer = new SimulatedPeer({ machine, torrent, script });
    await world.settle(peer.start());
    if (script.isUnannounced !== true) tracker.add(peer.address);
    return peer;
  }

  /** A scripted peer that has nothing, gives nothing, and takes what this member gives. */
  addTaker({ host }: EngineMember, line: LineOptions = this.plan.line): Promise<SimulatedPeer> {
    const dials = [{ host, port: enginePort }];
    const script = { ...honestSeeder, hasShare: 0, wants: true, dials, isUnannounced: true };
    return this.addScripted(script, line);
  }

  /** A scripted peer that has everything, and sends a wrong byte in each block. */
  addLiar(line: LineOptions = this.plan.line): Promise<SimulatedPeer> {
    return this.addScripted({ ...honestSeeder, lieChance: 1 }, line);
  }

  /** A scripted peer that attacks these members. */
  addAttacker(
    targets: readonly EngineMember[],
    line: LineOptions = this.plan.line,
  ): SimulatedAttacker {
    const machine = this.swarm.world.machine({ addresses: [this.#nextHost()], line });
    const attacker = new SimulatedAttacker(machine, this.swarm.torrent);
    attacker.start(targets.map(({ host }) => ({ host, port: enginePort })));
    return attacker;
  }

  of(kind: MemberKind): readonly EngineMember[] {
    return this.members.filter((member) => member.kind === kind);
  }

  async run(forMs: number): Promise<void> {
    const untilMs = this.nowMs + forMs;
    while (this.nowMs < untilMs) {
      // oxlint-disable-next-line no-await-in-loop
      await this.swarm.world.run(Math.min(lookEveryMs, untilMs - this.nowMs));
      for (const member of this.members) member.look(this.nowMs);
    }
  }

  /** Runs until these have everything. @throws when that takes longer than `withinMs`. */
  async untilComplete(members: readonly EngineMember[], withinMs: number): Promise<void> {
    const lastMs = this.nowMs + withinMs;
    while (!members.every(({ isComplete }) => isComplete)) {
      if (this.nowMs >= lastMs) throw new Error(`not complete in ${withinMs} ms:\n${this.table()}`);
      // oxlint-disable-next-line no-await-in-loop
      await this.run(lookEveryMs);
    }
  }

  /** A line a member: what it got, gave and when it was complete. */
  table(): string {
    const lines = this.members.map((member) =>
      [
        member.kind.padEnd(10),
        member.host.padEnd(12),
        `received ${kilobytes(member.receivedBytes)}`,
        `(${kilobytes(member.fromIncompleteBytes)} from incomplete peers)`,
        `sent ${kilobytes(member.sentBytes)}`,
        `wasted ${kilobytes(member.wastedBytes)}`,
        member.tookMs === undefined ? "incomplete" : `complete in ${member.tookMs / 1_000} s`,
      ].join("  "),
    );
    return lines.join("\n");
  }

  async #addEngine(
    kind: MemberKind,
    line: LineOptions,
    mode: AddTorrent["mode"],
    { limits = {}, changes = {}, isByLink = false }: MemberOptions = {},
  ): Promise<EngineMember> {
    const { peerWorkers = 1, memoryBytes = 16 << 20, maxPeers = 50, uploadSlots } = this.plan;
    const engine = await this.swarm.addEngine(
      this.#nextHost(),
      { peerWorkers, memoryBytes, maxPeers, ...(uploadSlots !== undefined && { uploadSlots }) },
      line,
    );
    engine.setLimits(limits);
    if (mode === "seed-only") this.swarm.fillDisk(engine.machine);
    const { torrent, world } = this.swarm;
    await world.settle(
      isByLink ? engine.addLink(torrent, changes) : engine.add(torrent, mode, undefined, changes),
    );
    const member = new EngineMember(kind, engine, torrent, this.nowMs);
    this.members.push(member);
    return member;
  }

  #nextHost(): string {
    this.#hosts += 1;
    return `45.${30 + (this.#hosts >> 8)}.${this.#hosts & 255}.1`;
  }
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1_000)} kB`.padStart(9);
}

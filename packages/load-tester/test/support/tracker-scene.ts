// Clients and a tracker in virtual time.

import { SimulatedWorld } from "@troupe/actor-runtime/simulated";
import type { LoadEnd } from "@troupe/load-peers";
import type { RunningLoad } from "../../src/generator/load.ts";
import type { RateIntents, Share } from "../../src/plan/plan.ts";
import type { Group, TrackerLoadSpec } from "../../src/scenario/scenario.ts";
import { startTrackerLoad } from "../../src/trackers/start-tracker-load.ts";
import { CountingRecorder } from "./counting-recorder.ts";
import { ScriptedHttpTracker } from "./scripted-http-tracker.ts";
import { ScriptedTracker } from "./scripted-tracker.ts";

const trackerAddress = { host: "10.0.0.1", port: 6_969 };
const udpUrl = "udp://10.0.0.1:6969";
/** The URL of the tracker over HTTP. */
export const httpUrl = "http://10.0.0.1:6969/announce";
const sources = ["10.77.0.1", "10.77.0.2", "10.77.0.3", "10.77.0.4"];

/** Options of a scene; the rest as usual. */
export interface TrackerSceneOptions {
  readonly clients: number;
  readonly spec?: Partial<TrackerLoadSpec>;
  readonly group?: Partial<Group>;
  readonly share?: Share;
  /** Default: that of the tracker over UDP. */
  readonly url?: string;
  /** Local addresses of the clients; default: those of their machine. */
  readonly sources?: readonly string[];
}

/** A load beside its tracker. */
export class TrackerScene {
  readonly world: SimulatedWorld;
  readonly tracker: ScriptedTracker;
  readonly httpTracker: ScriptedHttpTracker;
  readonly recorder: CountingRecorder;
  readonly load: RunningLoad;

  private constructor(
    world: SimulatedWorld,
    trackers: { readonly udp: ScriptedTracker; readonly http: ScriptedHttpTracker },
    recorder: CountingRecorder,
    load: RunningLoad,
  ) {
    this.world = world;
    this.tracker = trackers.udp;
    this.httpTracker = trackers.http;
    this.recorder = recorder;
    this.load = load;
  }

  static async open(options: TrackerSceneOptions): Promise<TrackerScene> {
    const delay = { latencyMs: 20, jitterMs: 0 };
    const world = new SimulatedWorld({ seed: 1, datagrams: delay, conditions: delay });
    const machine = world.machine({ addresses: [trackerAddress.host] });
    const trackerPorts = machine.ports("tracker");
    const udp = await world.settle(ScriptedTracker.open(trackerPorts, trackerAddress));
    const http = await world.settle(ScriptedHttpTracker.open(trackerPorts, trackerAddress));
    const recorder = new CountingRecorder();
    const places = options.sources ?? sources;
    const ports = world.machine({ addresses: sources }).ports("clients");
    const started = startTrackerLoad({
      ...{ ports, recorder, seed: 17, torrent: undefined },
      group: groupOf(options),
      target: { name: "t", kind: "tracker", host: "", port: 0, url: options.url ?? udpUrl },
      share: options.share ?? { index: 0, of: 1 },
      rule: { allowed: [], allowHostile: false },
      sourceOf: (peer) => places[peer % places.length],
    });
    return new TrackerScene(world, { udp, http }, recorder, await world.settle(started));
  }

  /** A client comes. */
  arrive(member: number, { stayMs = Infinity, visit = 0 } = {}): void {
    const identity = { peer: member, group: 0, member, visit };
    this.load.arrive(
      { ...identity, arriveMs: 0, stayMs, seed: member },
      this.world.scheduler.nowMs,
    );
  }

  /** An intent of an open load, now or late. */
  act(member: number, { lateMs = 0, seed = 0 } = {}): void {
    const intents: RateIntents = {
      ...{ group: 0, perSecond: 0, count: 1, atMs: Float64Array.of(0) },
      member: Uint32Array.of(member),
      seed: Uint32Array.of(seed),
    };
    this.load.act(intents, 0, this.world.scheduler.nowMs - lateMs);
  }

  /** Ends the load. */
  async end(how: LoadEnd = "cut"): Promise<void> {
    await this.world.settle(this.load.end(how));
  }
}

function groupOf({ clients, spec = {}, group = {} }: TrackerSceneOptions): Group {
  return {
    name: "clients",
    target: "t",
    count: clients,
    arrival: { kind: "at-once", afterMs: 0 },
    stay: { kind: "end" },
    againAfterMs: undefined,
    retryAfterMs: undefined,
    timeoutMs: 15_000,
    handshakeTimeoutMs: 15_000,
    load: {
      kind: "tracker",
      swarms: 1,
      pace: { kind: "rate", perSecond: 1, spacing: "constant", fromMs: 0, untilMs: Infinity },
      scrapes: 0,
      wanted: 50,
      seeds: 0,
      ...spec,
    },
    ...group,
  };
}

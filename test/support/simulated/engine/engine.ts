// The production engine on a machine of a simulated world, with an API of its own; and a view of what is inside.

import type {
  EngineSettingChanges,
  LiveEngineSettings,
  TorrentSettingChanges,
} from "@troupe/control";
import { openRoot, type Actor, type ActorEntry, type Supervisor } from "@troupe/actor-runtime";
import type { SimulatedMachine } from "@troupe/actor-runtime/simulated";
import {
  shareBytes,
  type AddTorrent,
  type CallRefusal,
  type Deadline,
  type FileBytes,
  type FileRead,
  type EngineOptions,
  type ApiProtocol,
  type RateLimits,
  type TorrentEvent,
  type TorrentId,
  type TorrentModules,
} from "@troupe/messages";
import { ownIdentity } from "@troupe/protocol/client-identity";
import { formatMagnet } from "@troupe/protocol/magnet";
import { engineActor } from "../../../../packages/coordinator/src/engine/engine.actor.ts";
import type { EngineServices } from "../../../../packages/coordinator/src/engine/base/engine-services.ts";
import type {
  Engine,
  EngineActorProtocol,
} from "../../../../packages/coordinator/src/engine/base/engine-state.ts";
import { endActor } from "../../../../packages/coordinator/src/engine/start/engine-start.ts";
import { rootTree } from "../../../../packages/coordinator/src/supervision/supervision-tree.ts";
import {
  hasContent,
  type JobWithContent,
  type TorrentJob,
} from "../../../../packages/coordinator/src/torrent/torrent-job.ts";
import type { FileState } from "../../../../packages/file-worker/src/storage-lifecycle.ts";
import type { PeerState } from "../../../../packages/peer-worker/src/peer.actor.ts";
import type { PeerWorker } from "../../../../packages/peer-worker/src/peer-worker.ts";
import { simulatedServices } from "./pools.ts";
import { withStart } from "./wrapped-start.ts";
import type { SimulatedTorrent } from "../swarm/torrent.ts";

/** Where engines listen. */
export const enginePort = 6889;
/** Where torrents lie on an engine's disk. */
export const downloadFolder = "/downloads";

/** Where engines keep the records of their jobs. */
const stateFolder = "/state";
export const statePath = `${stateFolder}/state.db`;

const readDeadline = { deadlineMs: 90_000 };

/** The options of a test. */
export interface SimulatedEngineOptions {
  readonly machine: SimulatedMachine;
  readonly peerWorkers?: number;
  readonly memoryBytes?: number;
  readonly maxPeers?: number;
  /** Connections of all torrents. */
  readonly connections?: number;
  /** Upload slots. Default: by rate. */
  readonly uploadSlots?: EngineOptions["uploadSlots"];
  /** Default true. */
  readonly peerExchange?: boolean;
  /** Default false. */
  readonly localDiscovery?: boolean;
  /** Default: both. */
  readonly transport?: LiveEngineSettings["transport"];
  /** Default: no DHT node. */
  readonly dht?: EngineOptions["dht"];
  /** Addresses of the machine to listen at. Default: all. */
  readonly bind?: EngineOptions["bind"];
  /** Ports to listen at, in order. Default: {@link enginePort} alone. */
  readonly ports?: EngineOptions["ports"];
  /** The proxy of all its traffic. Default: none. */
  readonly proxy?: EngineOptions["proxy"];
  /** Default: that of Troupe. */
  readonly identity?: EngineOptions["identity"];
  /** Limits of the queue. Default: none. */
  readonly queue?: Pick<LiveEngineSettings, "maxActiveDownloads" | "maxActiveSeeds">;
  readonly services?: EngineServices;
}

/** One crash of one actor. */
export interface SimulatedCrash {
  readonly actor: string;
  readonly error: unknown;
}

/** Starts an engine and listens. To be awaited by `world.settle`. */
export async function startSimulatedEngine(
  options: SimulatedEngineOptions,
): Promise<SimulatedEngine> {
  const engine = new SimulatedEngine(options);
  await engine.start();
  return engine;
}

/** An engine whose torrents are told to every incarnation. */
export class SimulatedEngine {
  readonly machine: SimulatedMachine;
  readonly options: EngineOptions;
  /** Events of its torrents, of all incarnations of the engine. */
  readonly events: TorrentEvent[] = [];
  readonly crashes: SimulatedCrash[] = [];
  /** Log entries of levels warn and error. */
  readonly log: string[] = [];
  readonly #services: EngineServices;
  readonly #workers = new Map<string, PeerWorker>();
  #root: Supervisor | undefined;
  #engine: Engine | undefined;
  #files: FileState | undefined;
  #requests: AddTorrent[] = [];
  /** Link of each torrent in an engine. */
  readonly #links = new Map<TorrentId, AddTorrent>();

  constructor(options: SimulatedEngineOptions) {
    const {
      machine,
      peerWorkers = 1,
      memoryBytes = 4 << 20,
      services = simulatedServices,
    } = options;
    const { maxPeers = 50, connections = 10_000, peerExchange = true } = options;
    const { transport = "both" } = options;
    const { bind = [], dht, identity = ownIdentity, localDiscovery = false, queue } = options;
    const { ports = [enginePort] } = options;
    this.machine = machine;
    machine.proxy = options.proxy;
    this.options = {
      directory: downloadFolder,
      stateDirectory: stateFolder,
      peerWorkers,
      hashThreads: 1,
      memoryBytes,
      ports,
      bind,
      families: [4, 6],
      identity,
      localDiscovery,
      ...(dht !== undefined && { dht }),
      ...(options.proxy !== undefined && { proxy: options.proxy }),
      settings: { maxPeers, peerExchange, transport, ...queue },
      portMapping: [],
      ...(options.uploadSlots !== undefined && { uploadSlots: options.uploadSlots }),
      descriptors: {
        limit: 20_000,
        peers: connections,
        halfOpen: 200,
        handshakes: 512,
        openFiles: 64,
        trackers: 150,
        lockFiles: 64,
      },
    };
    this.#services = {
      ...services,
      peerWorker: withStart(services.peerWorker, async (context, start) => {
        const state = (await start(context)) as PeerState;
        this.#workers.set(context.self.name, state.worker);
        return state;
      }),
      fileWorker: withStart(services.fileWorker, async (context, start) => {
        this.#files = (await start(context)) as FileState;
        return this.#files;
      }),
    };
  }

  /** The incarnation that lives; undefined while there is none. */
  get engine(): Engine | undefined {
    const isAlive = this.#root?.sender("engine")?.epoch === this.#engine?.context.self.epoch;
    return isAlive ? this.#engine : undefined;
  }

  /** The peer-workers that live. */
  get workers(): readonly PeerWorker[] {
    return [...this.#workers.values()].filter(({ context }) => {
      const peerWorker = this.engine?.peerWorkers.find(({ name }) => name === context.self.name);
      return peerWorker?.ref.peer?.epoch === context.self.epoch;
    });
  }

  /** The file-worker, while it lives. */
  get files(): FileState | undefined {
    const isAlive = this.engine?.disks[0]?.ref.peer?.epoch === this.#files?.context.self.epoch;
    return isAlive ? this.#files : undefined;
  }

  /** Its torrents, as far as they have been added to the present incarnation. */
  get allJobs(): readonly TorrentJob[] {
    return [...(this.engine?.torrents.values() ?? [])];
  }

  /** Jobs whose metadata is known. */
  get jobs(): readonly JobWithContent[] {
    return this.allJobs.filter(hasContent);
  }

  jobOf({ metainfo }: SimulatedTorrent): JobWithContent | undefined {
    return this.jobs.find((job) => job.infoHash === metainfo.infoHash);
  }

  async start(): Promise<void> {
    const entry: ActorEntry<EngineActorProtocol, EngineOptions> = {
      name: "engine",
      url: new URL("engine.worker.ts", import.meta.url),
      load: () => Promise.resolve(this.#watchedEngine()),
    };
    this.#root = await openRoot<{ engine: ApiProtocol }>({
      host: this.machine.host,
      spec: rootTree(entry, () => this.options),
      noticeHandlers: {
        engine: {
          "torrent-event": ({ torrent, events }) => this.#receive(torrent, events),
          "progress-frame": ({ rows }) => {
            for (const { torrent, progress } of rows)
              this.#receive(torrent, [{ event: "progress", ...progress }]);
            this.#ref.cast("frame-taken", {});
          },
          "worker-event": () => {},
          "public-port": () => {},
          "dht-ports": () => {},
          "bans-saved": () => {},
        },
      },
      events: {
        started: (_child, { epoch }) => {
          if (epoch > 1) void this.#tellAgain();
        },
      },
      log: ({ level, event, actor, fields }) => {
        if (level !== "error" && level !== "warn") return;
        this.log.push(`${level} ${actor.name} ${event} ${describeFields(fields)}`);
        if (event === "actor-crashed") {
          this.crashes.push({ actor: String(fields?.["name"]), error: fields?.["error"] });
        }
      },
      failed: (error) => {
        throw error;
      },
    });
    await this.#listen();
  }

  /** Adds a torrent and starts it; each later incarnation of the engine is told the same. */
  async add(
    torrent: SimulatedTorrent,
    mode: AddTorrent["mode"] = "download",
    directory: string = downloadFolder,
    changes: Partial<AddTorrent> = {},
  ): Promise<void> {
    const metainfo = shareBytes(torrent.bytes);
    await this.#addFirst({ ...this.#request, metainfo, directory, mode, ...changes });
  }

  /** Adds a torrent by its link alone. Once the metadata is there, later incarnations get the .torrent. */
  async addLink({ metainfo }: SimulatedTorrent, changes: Partial<AddTorrent> = {}): Promise<void> {
    const { infoHashes, trackers, webSeeds } = metainfo;
    const magnet = formatMagnet({ infoHashes, trackers: trackers.flat(), webSeeds });
    await this.#addFirst({ ...this.#request, magnet, ...changes });
  }

  /** Ends one actor as a crash would: `engine`, `hash`, `file`, `peer-0` … */
  kill(name: string): void {
    if (name === "engine") this.#root?.kill(name);
    else if (this.engine !== undefined) endActor(this.engine, { name });
  }

  /** Stops all torrents. */
  async stopTorrents(): Promise<void> {
    const rules = { deadlineMs: 60_000 };
    const stopped = this.allJobs.map(({ id }) =>
      this.#ref.call("stop-torrent", { torrent: id }, rules),
    );
    await Promise.all(stopped);
  }

  /** Pauses all torrents. */
  pause(): void {
    for (const { id } of this.allJobs) this.#ref.cast("pause-torrent", { torrent: id });
  }

  /** Starts all torrents that are paused, stopped or in the error state. */
  resume(): void {
    for (const { id } of this.allJobs) this.#ref.cast("start-torrent", { torrent: id });
  }

  /** Sets what is wanted of each file of all torrents; later incarnations are told it too. */
  wish(wished: readonly number[]): void {
    this.#requests = this.#requests.map((request) => ({ ...request, priorities: wished }));
    const priorities = wished.map((priority, file) => ({ file, priority }));
    for (const { id } of this.jobs) this.#ref.cast("set-priorities", { torrent: id, priorities });
  }

  /** Sets the same deadlines of pieces in all torrents. */
  setDeadlines(deadlines: readonly Deadline[]): void {
    for (const { id } of this.jobs) this.#ref.cast("set-deadlines", { torrent: id, deadlines });
  }

  /** Reads from a file, as the library does: once. @param of Default: the first torrent. */
  async readFile(
    read: Omit<FileRead, "torrent">,
    of?: SimulatedTorrent,
  ): Promise<FileBytes | CallRefusal> {
    const job = of === undefined ? this.jobs[0] : this.jobOf(of);
    if (job === undefined) throw new Error("the torrent has no content");
    return await this.#ref.call("read-file", { torrent: job.id, ...read }, readDeadline);
  }

  endReader(reader: number): void {
    for (const { id } of this.jobs) this.#ref.cast("end-reader", { torrent: id, reader });
  }

  /** Replaces the modules of all torrents; later incarnations are told them too. */
  setModules(modules: TorrentModules): void {
    this.#requests = this.#requests.map((request) => ({ ...request, modules }));
    for (const { id } of this.jobs) this.#ref.cast("set-modules", { torrent: id, modules });
  }

  /** Sets the rate limits of all torrents together. */
  setLimits(limits: RateLimits): void {
    const { down = null, up = null, peerDown = null, peerUp = null } = limits;
    const ofPeers = { "limits.peerDown": peerDown, "limits.peerUp": peerUp };
    const changes = { "limits.down": down, "limits.up": up, ...ofPeers };
    this.#ref.cast("change-settings", { changes });
  }

  /** Changes settings of the engine. */
  set(changes: EngineSettingChanges): void {
    this.#ref.cast("change-settings", { changes });
  }

  /** Changes settings of a torrent. */
  changeTorrent(torrent: SimulatedTorrent, changes: TorrentSettingChanges): void {
    const job = this.jobOf(torrent);
    if (job === undefined) throw new Error("the torrent has not been added");
    this.#ref.cast("change-torrent-settings", { torrent: job.id, changes });
  }

  /** Has all pieces of all torrents looked at again. */
  check(): void {
    for (const { id } of this.jobs) this.#ref.cast("hash-check", { torrent: id, check: 1 });
  }

  /** Ends everything in order. */
  async stop(): Promise<void> {
    await this.#root?.stop();
  }

  get #ref() {
    if (this.#root === undefined) throw new Error("the engine has not been started");
    return this.#root.ref<ApiProtocol>("engine");
  }

  async #listen(): Promise<void> {
    const answer = await this.#ref.call("listen", {}, { deadlineMs: 30_000 });
    if ("refused" in answer) throw new Error(answer.message);
  }

  get #request(): Omit<AddTorrent, "metainfo" | "magnet"> {
    return {
      directory: downloadFolder,
      settings: {},
      peers: [],
      mode: "download",
      home: { kind: "database", path: statePath },
    };
  }

  async #addFirst(request: AddTorrent): Promise<void> {
    this.#requests.push(request);
    await this.#addAndStart(request);
  }

  async #addAndStart(request: AddTorrent): Promise<void> {
    const answer = await this.#ref.call("add-torrent", request);
    if ("refused" in answer) throw new Error(answer.message);
    this.#links.set(answer.torrent, request);
    this.#ref.cast("start-torrent", { torrent: answer.torrent });
  }

  /** Keeps the .torrent of a magnet for the successor of an engine that dies, as the API does. */
  #receive(torrent: TorrentId, events: readonly TorrentEvent[]): void {
    this.events.push(...events);
    for (const event of events) {
      const request = this.#links.get(torrent);
      if (event.event !== "metadata" || request === undefined) continue;
      const { magnet: _, ...rest } = request;
      const at = this.#requests.indexOf(request);
      if (at >= 0) this.#requests[at] = { ...rest, metainfo: event.metainfo, isUnsaved: true };
    }
  }

  /** Adds all torrents to a new engine, as the API does. If it crashes at once, the next start adds them. */
  async #tellAgain(): Promise<void> {
    try {
      await this.#listen();
      for (const request of this.#requests) await this.#addAndStart(request);
    } catch (error) {
      this.log.push(`API ${String(error)}`);
    }
  }

  #watchedEngine(): Actor<EngineActorProtocol, EngineOptions, Engine> {
    const actor = engineActor(this.#services);
    return {
      ...actor,
      start: async (context, options) => {
        this.#engine = undefined;
        this.#workers.clear();
        this.#engine = await actor.start(context, options);
        return this.#engine;
      },
    };
  }
}

function describeFields(fields: Readonly<Record<string, unknown>> | undefined): string {
  return Object.entries(fields ?? {})
    .map(
      ([name, value]) =>
        `${name}=${value instanceof Error ? String(value) : JSON.stringify(value)}`,
    )
    .join(" ");
}

// The library's front: starts the engine on a thread of its own, keeps it alive, and hands out torrents.
// Nothing that the engine needs runs here: the caller's thread may block for seconds.

import { EventEmitter } from "node:events";
import { resolve } from "node:path";
import {
  inlineHost,
  openRoot,
  threadHost,
  type ActorStatus,
  type ChildSpec,
  type MessageOf,
  type Ref,
  type Supervisor,
} from "@troupe/actor-runtime";
import type { AddTorrent, EngineOptions, EngineProtocol, TorrentId } from "@troupe/messages";
import { engineEntry } from "../engine/engine-entry.ts";
import { rootTree } from "../supervision-tree.ts";
import { refusalError, TroupeError } from "../troupe-error.ts";
import { loadMetainfo } from "./load-metainfo.ts";
import { engineOptions, within, type CoordinatorOptions } from "./options.ts";
import { Torrent } from "./torrent.ts";

const closeDeadlineMs = 4_500;
const listenDeadlineMs = 30_000;

export interface AddOptions {
  /** Folder for this torrent's data. Default: the coordinator's. */
  readonly directory?: string;
  /** Trackers to announce to before those of the torrent. */
  readonly trackers?: readonly string[];
  /** False ignores all trackers. Default true. */
  readonly useTrackers?: boolean;
  /** Peers to dial, numeric addresses. */
  readonly peers?: readonly { readonly host: string; readonly port: number }[];
  /** Connections of this torrent. Default: the coordinator's. */
  readonly maxPeers?: number;
  /** False adds it stopped. Default true. */
  readonly start?: boolean;
  /** Only hashes what is there: nothing is announced, dialled or written. */
  readonly checkOnly?: boolean;
  /** Serves what is there and never writes: a torrent that is not whole gets the error `incomplete`. */
  readonly seedOnly?: boolean;
  readonly signal?: AbortSignal;
}

/** A worker that started, crashed or runs again. */
export interface WorkerEvent {
  readonly name: string;
  readonly state: string;
  readonly restarts: number;
  readonly error?: string;
}

/** A BitTorrent engine and its torrents. Several in one process do not know of each other. */
export class Coordinator implements AsyncDisposable {
  readonly #emitter = new EventEmitter();
  readonly #torrents = new Map<TorrentId, Torrent>();
  readonly #options: EngineOptions;
  readonly #root: Supervisor;
  readonly #engine: Ref<EngineProtocol>;
  #port = 0;
  #closed: Promise<void> | undefined;

  private constructor(options: EngineOptions, root: Supervisor) {
    this.#options = options;
    this.#root = root;
    this.#engine = root.ref<EngineProtocol>("engine");
  }

  /**
   * Starts the engine and listens for peers.
   * @throws TroupeError `option-out-of-range`, `port-in-use`, or the system's code for an address of `bind` that cannot
   *   be used (`EADDRNOTAVAIL` …).
   */
  static async start(options: CoordinatorOptions = {}): Promise<Coordinator> {
    const engine = engineOptions(options);
    options.signal?.throwIfAborted();
    let coordinator: Coordinator | undefined;
    const root = await openRoot<{ engine: EngineProtocol }>({
      host: options.host === "inline" ? inlineHost() : threadHost(),
      spec: rootTree(engineEntry, () => coordinator?.restartOptions() ?? engine),
      hears: {
        engine: {
          "torrent-event": (message) => coordinator?.receive(message),
          "worker-event": (message) => coordinator?.emitWorker(message),
        },
      },
      events: {
        started: (child: ChildSpec, { epoch }) => {
          if (epoch > 1) void coordinator?.engineRestarted(child.name, epoch - 1);
        },
        crashed: (child: ChildSpec, { epoch }, error) =>
          coordinator?.emitWorker({
            name: child.name,
            state: "restarting",
            restarts: epoch,
            error: error instanceof Error ? error.message : String(error),
          }),
      },
      ...(options.log !== undefined && { log: options.log }),
      failed: (error) => coordinator?.lost(error),
    });
    coordinator = new Coordinator(engine, root);
    try {
      await coordinator.listen();
      options.signal?.throwIfAborted();
    } catch (error) {
      await coordinator.close();
      throw error;
    }
    return coordinator;
  }

  /** The TCP port that peers find us at. */
  get port(): number {
    return this.#port;
  }

  get torrents(): readonly Torrent[] {
    return [...this.#torrents.values()];
  }

  /**
   * Adds a torrent and starts it.
   * @param source A path, an http(s) address, or the bytes of a .torrent file.
   * @throws TroupeError `torrent-not-found`, `torrent-exists` …, and every code of a .torrent that is refused.
   */
  async add(source: string | URL | Uint8Array, options: AddOptions = {}): Promise<Torrent> {
    const { signal } = options;
    const metainfo = await loadMetainfo(source, signal === undefined ? {} : { signal });
    signal?.throwIfAborted();
    const request = this.#request(metainfo, options);
    const info = await this.#engine.call("add-torrent", request, { deadlineMs: 30_000 });
    if ("refused" in info) throw refusalError(info);
    const torrent = new Torrent(info, request, this.#engine, (gone) => {
      this.#torrents.delete(gone.id);
    });
    this.#torrents.set(info.torrent, torrent);
    if (options.start !== false) torrent.start();
    return torrent;
  }

  on(name: "worker", listener: (event: WorkerEvent) => void): this {
    this.#emitter.on(name, listener);
    return this;
  }

  off(name: "worker", listener: (event: WorkerEvent) => void): this {
    this.#emitter.off(name, listener);
    return this;
  }

  /** The supervision tree as it is now: state, restarts, mailbox depth and event-loop delay of every actor. */
  async actors(): Promise<ActorStatus> {
    const [root, engine] = await Promise.all([
      this.#root.status(),
      this.#engine.call("actors", {}),
    ]);
    const children = (root.children ?? []).map((child) =>
      child.name === "engine" ? { ...child, children: [engine.tree as ActorStatus] } : child,
    );
    return { ...root, children };
  }

  /**
   * Ends one thread as a crash would, to see that everything goes on: a name of `actors()` (`engine`, `file`, `hash`,
   * `peer-0` …). For chaos tests.
   */
  endActor(name: string): void {
    if (name === "engine") this.#root.kill(name);
    else this.#engine.cast("end-actor", { name });
  }

  /**
   * Stops everything in order: trackers told, files closed, threads ended. Settles within 5 s.
   * @throws TroupeError `disk-not-answering` when a disk call does not return: its thread is left behind.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    await this.#engine
      .call("shut-down", {}, { deadlineMs: closeDeadlineMs })
      .catch(() => undefined);
    try {
      await this.#root.stop();
    } catch (error) {
      throw new TroupeError("disk-not-answering", "cannot close: a thread does not end", {
        cause: error,
      });
    } finally {
      for (const torrent of this.#torrents.values()) torrent.ended();
      this.#torrents.clear();
    }
  }

  #request(metainfo: Uint8Array, options: AddOptions): AddTorrent {
    const { maxPeers } = this.#options;
    return {
      metainfo,
      directory: resolve(options.directory ?? this.#options.directory),
      extraTrackers: options.trackers ?? [],
      useTrackers: options.useTrackers ?? true,
      // What else the caller's objects hold is not ours to copy to another thread.
      peers: (options.peers ?? []).map(({ host, port }) => ({ host, port })),
      maxPeers: within("maxPeers", options.maxPeers ?? maxPeers, 1, 10_000),
      mode: modeOf(options),
    };
  }

  private async listen(): Promise<void> {
    const answer = await this.#engine.call("listen", {}, { deadlineMs: listenDeadlineMs });
    if ("refused" in answer) throw refusalError(answer);
    this.#port = answer.port;
  }

  private receive({ torrent, events }: MessageOf<EngineProtocol, "torrent-event">): void {
    const target = this.#torrents.get(torrent);
    for (const event of events) target?.receive(event);
  }

  private emitWorker(event: WorkerEvent): void {
    this.#emitter.emit("worker", event);
  }

  /** The engine died more often than it may be restarted: every torrent ends with that error. */
  private lost(cause: unknown): void {
    const message = cause instanceof Error ? cause.message : String(cause);
    for (const torrent of this.#torrents.values()) {
      torrent.receive({ event: "error", code: "engine-lost", message });
      torrent.ended();
    }
    this.#torrents.clear();
    this.emitWorker({ name: "engine", state: "stopped", restarts: 0, error: message });
  }

  /** A new engine listens where peers know us. */
  private restartOptions(): EngineOptions {
    return { ...this.#options, ports: this.#port === 0 ? this.#options.ports : [this.#port, 0] };
  }

  /** The engine died and is back: it is told everything again and checks what is on disk. */
  private async engineRestarted(name: string, restarts: number): Promise<void> {
    try {
      await this.listen();
      const torrents = this.torrents;
      this.#torrents.clear();
      for (const torrent of torrents) {
        await torrent.addAgain();
        this.#torrents.set(torrent.id, torrent);
      }
      this.emitWorker({ name, state: "running", restarts });
    } catch (error) {
      // It died again meanwhile: the next one is told everything anew.
      this.emitWorker({ name, state: "restarting", restarts, error: String(error) });
    }
  }
}

function modeOf({ checkOnly, seedOnly }: AddOptions): AddTorrent["mode"] {
  if (checkOnly === true) return "check-only";
  return seedOnly === true ? "seed-only" : "download";
}

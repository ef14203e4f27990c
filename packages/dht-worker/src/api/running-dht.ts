// A standalone node over its restarts.

import {
  type ActorEntry,
  type ActorStatus,
  codeOf,
  inlineHost,
  listenRefusal,
  type LogLevel,
  type LogSink,
  messageOf,
  nodePorts,
  openRoot,
  PatientRef,
  type Supervisor,
  threadHost,
} from "@troupe/actor-runtime";
import { callSafely, isGone, readIpFilter, throwStartError, workerUrls } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import {
  type UdpListening,
  type DhtOptions,
  type DhtPorts,
  dhtPortsOf,
  type DhtProtocol,
} from "@troupe/messages";
import { dhtWorkerEntry } from "../entry.ts";
import { DhtCrashes } from "./dht-crashes.ts";
import { dhtSettings, type DhtSettings, type DhtStartOptions } from "./dht-options.ts";
import { dhtTree } from "./dht-tree.ts";
import { NodeSaver } from "./node-saver.ts";
import { QuestList } from "./quests/quest-list.ts";

const listenDeadline = { deadlineMs: 10_000 };
/** Without a socket after a restart. */
const listenAgainMs = 5_000;
const stopLimits = { orderlyMs: 1_000, endMs: 500 };

type State =
  | { readonly kind: "running" }
  | { readonly kind: "closed" }
  | { readonly kind: "lost"; readonly error: TroupeError };

/** A standalone node. */
export class RunningDht {
  readonly quests: QuestList;
  readonly #settings: DhtSettings;
  readonly #root: Supervisor;
  readonly #node: PatientRef<DhtProtocol>;
  readonly #system = nodePorts();
  readonly #saver: NodeSaver;
  readonly #log: LogSink;
  #state: State = { kind: "running" };
  /** Ports of the open sockets. */
  #ports: DhtPorts = {};
  /** Ports of the last socket of each family, over all incarnations. */
  #lastPorts: DhtPorts = {};
  #closing: Promise<void> | undefined;

  private constructor(
    settings: DhtSettings,
    root: Supervisor,
    parts: { readonly saver: NodeSaver; readonly log: LogSink },
  ) {
    this.#settings = settings;
    this.#root = root;
    this.#saver = parts.saver;
    this.#log = parts.log;
    this.#node = new PatientRef(root.ref<DhtProtocol>("dht"), this.#system);
    this.quests = new QuestList({
      begin: (begun) => this.#node.cast("begin-quest", begun),
      cancel: (quest) => this.#node.cast("cancel-quest", { quest }),
    });
  }

  /** @param entry Entry of the actor; another one for tests. */
  static async start(
    options: DhtStartOptions,
    entry: ActorEntry<DhtProtocol, DhtOptions> = dhtWorkerEntry,
  ): Promise<RunningDht> {
    const settings = dhtSettings(options);
    const { host = "threads", ipFilter, log, signal } = options;
    const urls = workerUrls(options.workerUrls);
    const filter = ipFilter === undefined ? undefined : await readIpFilter(ipFilter, signal);
    const { clock } = nodePorts();
    const crashes = new DhtCrashes(clock);
    const saver = await NodeSaver.load(settings.stateFile);
    signal?.throwIfAborted();
    const sink: LogSink = (entryOfLog) => callSafely(() => log?.(entryOfLog));
    let dht: RunningDht | undefined;
    const root = await openRoot<{ dht: DhtProtocol }>({
      host: host === "inline" ? inlineHost() : threadHost(urls),
      spec: dhtTree(entry, () => ({
        ...settings.worker,
        ...(filter !== undefined && { ipFilter: { ranges: filter.ranges } }),
        saved: saver.last,
        quarantined: crashes.quarantined,
      })),
      noticeHandlers: {
        dht: {
          "quest-answer": (answer) => dht?.quests.answered(answer),
          "quest-item": ({ quest, item, node }) => dht?.quests.item(quest, item, node),
          "quest-round": (round) => dht?.quests.roundEnded(round),
          "quest-refused": ({ quest, code, message }) => dht?.quests.refused(quest, code, message),
        },
      },
      events: {
        started: (_, { epoch }) => {
          if (epoch > 1) dht?.restarted(epoch);
        },
        crashed: (_child, _sender, error, breadcrumb) => crashes.record(error, breadcrumb),
      },
      ...(log !== undefined && { log: sink }),
      failed: (error) => dht?.lost(error),
    }).catch(throwStartError);
    dht = new RunningDht(settings, root, { saver, log: sink });
    try {
      await dht.#begin();
      signal?.throwIfAborted();
    } catch (error) {
      await dht.close().catch(() => undefined);
      throw error;
    }
    return dht;
  }

  get ports(): DhtPorts {
    return this.#ports;
  }

  /** @throws TroupeError `dht-closed`, `dht-lost`. */
  refuseEnded(): void {
    if (this.#state.kind === "closed") throw new TroupeError("dht-closed", "this node was closed");
    if (this.#state.kind === "lost") throw this.#state.error;
  }

  /**
   * Asks the worker; a question that a crash leaves unanswered rejects.
   *
   * @throws rejects with TroupeError `dht-closed`, `dht-lost`, `dht-restarting`.
   */
  async ask<Answer>(ask: (node: PatientRef<DhtProtocol>) => Promise<Answer>): Promise<Answer> {
    this.refuseEnded();
    try {
      return await ask(this.#node);
    } catch (error) {
      if (!isGone(error)) throw error;
      this.refuseEnded();
      const message = "the thread of the DHT node crashed and is being restarted: ask again";
      throw new TroupeError("dht-restarting", message, { cause: error });
    }
  }

  addNode(host: string, port: number): void {
    this.refuseEnded();
    this.#node.cast("add-nodes", { source: "user", nodes: [{ host, port }] });
  }

  actors(): Promise<ActorStatus> {
    return this.#root.status();
  }

  /** Ends the thread as a crash does. */
  kill(): void {
    this.#root.kill("dht");
  }

  close({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    this.#closing ??= this.#close(signal);
    return this.#closing;
  }

  async #begin(): Promise<void> {
    const { sockets, refused } = await this.#listen();
    const [first] = refused;
    if (sockets.length === 0 && first !== undefined) {
      const { code } = listenRefusal(first.code, 0);
      throw new TroupeError(code, first.message, { details: { refused } });
    }
    for (const { code, message } of refused)
      this.#report("info", "dht-family-off", { code, message });
    await this.#saver.begin({
      export: () => this.#export(),
      timers: this.#system.timers,
      failed: (error) => this.#report("warn", "dht-state-not-saved", { message: messageOf(error) }),
    });
  }

  async #listen(): Promise<UdpListening> {
    const where = { ...this.#settings.listen, last: this.#lastPorts };
    const listening = await this.#node.call("listen", where, listenDeadline);
    this.#ports = dhtPortsOf(listening.sockets);
    this.#lastPorts = { ...this.#lastPorts, ...this.#ports };
    return listening;
  }

  #export() {
    return this.#node.call("export-nodes", {});
  }

  async #close(signal: AbortSignal | undefined): Promise<void> {
    const wasLost = this.#state.kind === "lost";
    this.quests.cancelAll();
    try {
      if (!wasLost) await this.#saver.end(signal);
    } finally {
      if (!wasLost) this.#state = { kind: "closed" };
      await this.#root.stop(stopLimits);
    }
  }

  private restarted(epoch: number): void {
    this.#listen()
      .then(({ sockets }) => {
        if (sockets.length > 0) return;
        this.#report("warn", "dht-without-socket", { againInMs: listenAgainMs });
        this.#system.timers.after(listenAgainMs, () => this.#listenAgain(epoch));
      })
      .catch((error: unknown) => this.#notListening(error));
    this.quests.beginAll();
  }

  #listenAgain(epoch: number): void {
    const isCurrent = this.#state.kind === "running" && this.#node.peer?.epoch === epoch;
    if (isCurrent && this.#closing === undefined) this.restarted(epoch);
  }

  /** The incarnation is gone: the next one listens. */
  #notListening(error: unknown): void {
    if (!isGone(error)) this.#report("warn", "dht-without-socket", { message: messageOf(error) });
  }

  /** The thread crashed more often than it may be restarted. */
  private lost(cause: unknown): void {
    if (this.#state.kind !== "running") return;
    const message = `the DHT node does not run any more: ${messageOf(cause)}`;
    const error = new TroupeError("dht-lost", message, {
      cause,
      details: { code: codeOf(cause) },
    });
    this.#state = { kind: "lost", error };
    this.#saver.stop();
    this.quests.failAll(error);
  }

  #report(level: LogLevel, event: string, fields: Readonly<Record<string, unknown>>): void {
    const timeMs = this.#system.clock.epochMs();
    this.#log({ timeMs, level, event, actor: { name: "root", epoch: 1 }, fields });
  }
}

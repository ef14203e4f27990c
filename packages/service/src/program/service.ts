// The service in the program that owns the engine: the supervisor `service`, its actor `http`, and the commands that callers
// elsewhere run.

import { asFault, nodePorts, type LogSink, type Ref, type Supervisor } from "@troupe/actor-runtime";
import { TroupeError, withoutSecrets } from "@troupe/control";
import {
  CommandRunner,
  FileStreams,
  RowFeed,
  ServedEngine,
  type Caller,
  type RowChanges,
} from "@troupe/coordinator/commands";
import type { Coordinator } from "@troupe/coordinator";
import { plainError } from "../calls/plain-error.ts";
import type {
  CommandAnswer,
  HttpOptions,
  HttpProtocol,
  ListenPlace,
  SavedSecret,
  TlsFiles,
} from "../service.messages.ts";
import type { HistoryKeeper } from "../history/history-keeper.ts";
import { changedTorrents } from "./changed-torrents.ts";
import type { FeedCall } from "../automation/feeds/feed-calls.ts";
import type { HttpTree } from "./http-tree.ts";
import { RowEvents, type ServiceEvent } from "./row-events.ts";
import { streamHandlers } from "./stream-handlers.ts";
import { WaitingEvents } from "./waiting-events.ts";

/** Rows go to the actor once a second. */
const frameMs = 1_000;

/** Warnings that are not given a second time. At the bound all are forgotten. */
const mostWarned = 100;

/** Messages that a link still takes; with fewer, rows and events wait here. */
const leastCredits = 512;

/** The world of a service. */
interface ServicePorts {
  /** The options of an incarnation: the secrets are those that were saved last. */
  readonly options: () => HttpOptions;
  readonly folderBelow: ConstructorParameters<typeof CommandRunner>[1]["folderBelow"];
  /** Answers a call about feeds. */
  runFeeds(call: FeedCall): Promise<CommandAnswer>;
  /** @throws rejects with the error of the state folder. */
  save(secret: SavedSecret): Promise<void>;
  /** Saves the settings of a command `set-engine`. @throws rejects with TroupeError `settings-not-saved` */
  saveSettings(given: unknown): Promise<void>;
  /** Removes the file of the first password. @throws rejects with a system error */
  firstLogin(): Promise<void>;
  listening(places: readonly ListenPlace[]): void;
  warned(code: string, message: string): void;
  /** An event of a torrent, for the log. */
  happened(event: ServiceEvent): void;
  /** Rows that have changed since the torrents of the state folder are there. */
  changed(rows: RowChanges): void;
  readonly log?: LogSink;
  readonly history: Pick<HistoryKeeper, "read">;
  readonly tree: HttpTree;
}

/** A running service of a coordinator. */
export class Service implements AsyncDisposable {
  readonly #ports: ServicePorts;
  readonly #engine: ServedEngine;
  readonly #runner: CommandRunner;
  readonly #feed: RowFeed;
  readonly #streams: FileStreams;
  readonly #timer: { cancel(): void };
  readonly #forgetWorkers: () => void;
  #root: Supervisor | undefined;
  readonly #events = new RowEvents();
  readonly #waiting = new WaitingEvents();
  readonly #warned = new Set<string>();
  #areTaken = true;
  #isRestored = false;

  private constructor(coordinator: Coordinator, ports: ServicePorts) {
    const { timers, random } = nodePorts();
    this.#ports = ports;
    this.#engine = new ServedEngine(coordinator);
    this.#streams = new FileStreams(coordinator);
    this.#feed = new RowFeed(coordinator, Math.floor(random.next() * 2 ** 30));
    this.#runner = new CommandRunner(coordinator, {
      ...{ timers, folderBelow: ports.folderBelow, isService: true },
      engineSet: (given) => ports.saveSettings(given),
      ended: ({ call, command, error }) => {
        this.#feed.touch();
        this.#note("command-ended", { call, command, ...(error !== undefined && { error }) });
      },
    });
    const noteWorker = (data: object): void => this.#note("worker", data);
    coordinator.on("worker", noteWorker);
    this.#forgetWorkers = () => void coordinator.off("worker", noteWorker);
    this.#timer = timers.every(frameMs, () => this.#sendRows());
  }

  /** Listens. @throws rejects with TroupeError `listen-failed` */
  static async start(coordinator: Coordinator, ports: ServicePorts): Promise<Service> {
    const service = new Service(coordinator, ports);
    try {
      await service.#open();
    } catch (error) {
      service.#timer.cancel();
      service.#forgetWorkers();
      throw listenFailed(error);
    }
    return service;
  }

  /** All torrents of the state folder are there: lists are answered from now on. @returns The rows of all torrents. */
  restored(): RowChanges {
    const whole = this.#feed.takeWhole();
    this.#events.know(whole);
    this.#isRestored = true;
    this.#send(whole);
    // The engine reads the totals of all runs now, so that no list waits for them.
    void this.#answer("totals", {}, { right: "local" });
    return whole;
  }

  /** New connections get certificates that were read again. */
  setTls(files: TlsFiles): void {
    this.#http()?.cast("set-tls", files);
  }

  /** The processor time, the delay and the memory of its thread are in `actors()` of the coordinator. */
  async close(): Promise<void> {
    this.#timer.cancel();
    this.#forgetWorkers();
    this.#streams.endAll();
    await this.#root?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #open(): Promise<void> {
    const { tree, log, options } = this.#ports;
    this.#root = await tree.open(options, {
      noticeHandlers: {
        http: {
          "rows-taken": () => void (this.#areTaken = true),
          listening: ({ places }) => this.#ports.listening(places),
          warned: ({ code, message }) => this.#warnOnce(code, message),
        },
      },
      handlers: {
        "run-command": ({ name, given, right }) => this.run(name, given, this.#caller(right)),
        "run-feeds": (call) => this.#ports.runFeeds(call),
        "save-secret": (secret) => this.#save(secret),
        ...streamHandlers(this.#streams),
        "read-history": ({ span }) => this.#ports.history.read(span),
        "first-login": () => {
          this.#ports.firstLogin().catch((error: unknown) => {
            const message = `the file of the first password is still there: ${asFault(error).message}`;
            this.#ports.warned("first-password-kept", message);
          });
        },
      },
      events: {
        started: () => {
          // The clients of the incarnation before are gone.
          this.#streams.endAll();
          this.#sendWhole();
        },
      },
      ...(log !== undefined && { log }),
      failed: (error) => this.#ports.warned("service-failed", asFault(error).message),
    });
    this.#engine.addTree("http", this.#root);
    this.#sendWhole();
  }

  /** Runs a command, and tells of the rows that it changed. Never rejects. */
  async run(name: string, given: unknown, caller: Caller): Promise<CommandAnswer> {
    const answer = await this.#answer(name, given, caller);
    this.#touch(name, given);
    // The rows go by the link of the answer, before it: one order for the rows of commands and of frames. The incarnation that
    // lives now gets them; it may be a later one than that of the caller.
    this.look();
    return answer;
  }

  /** Gives on the rows that have changed. */
  look(): void {
    const changes = this.#isRestored && this.#hasRoom ? this.#feed.take() : undefined;
    if (changes === undefined) return;
    this.#tell(changes);
    this.#http()?.cast("change-rows", changes);
  }

  #caller(right: Caller["right"]): Caller {
    return right === "local" ? { right } : { right, roots: this.#ports.options().roots };
  }

  async #answer(name: string, given: unknown, caller: Caller): Promise<CommandAnswer> {
    if (this.#engine.isRestarting) return { error: engineRestarting };
    try {
      return { result: await this.#runner.run(name, given, caller) };
    } catch (error) {
      return { error: plainError(error) };
    }
  }

  #touch(name: string, given: unknown): void {
    const changed = changedTorrents(name, given);
    if (changed === "none") return;
    this.#feed.touch(changed === "all" ? undefined : changed);
    if (name === "queue") this.#feed.touchQueue();
  }

  async #save(secret: SavedSecret): Promise<{ error?: { code: string; message: string } }> {
    try {
      await this.#ports.save(secret);
      return {};
    } catch (error) {
      return { error: asFault(error) };
    }
  }

  /** Each incarnation of the actor gives its warnings anew. */
  #warnOnce(code: string, message: string): void {
    if (this.#warned.has(message)) return;
    if (this.#warned.size >= mostWarned) this.#warned.clear();
    this.#warned.add(message);
    this.#ports.warned(code, message);
  }

  #sendRows(): void {
    this.#sendEvents();
    if (!this.#isRestored || !this.#areTaken || !this.#hasRoom) return;
    const changes = this.#feed.takeAll();
    if (changes === undefined) return;
    this.#tell(changes);
    this.#send(changes);
  }

  #tell(changes: RowChanges): void {
    this.#ports.changed(changes);
    for (const taken of this.#events.take(changes)) {
      const event = withoutSecrets(taken);
      this.#ports.happened(event);
      const { kind, ...data } = event;
      this.#waiting.push({ kind, data });
    }
    this.#sendEvents();
  }

  #note(kind: string, data: object): void {
    this.#waiting.push({ kind, data: withoutSecrets(data) });
    this.#sendEvents();
  }

  #sendEvents(): void {
    if (!this.#hasRoom) return;
    const batch = this.#waiting.take();
    if (batch !== undefined) this.#http()?.cast("note-events", batch);
  }

  /** An actor that hangs gets no further messages. Without an actor they are dropped: the next one gets all rows. */
  get #hasRoom(): boolean {
    const http = this.#http();
    return http?.peer === undefined || http.credits > leastCredits;
  }

  #send(changes: RowChanges): void {
    this.#areTaken = this.#root?.sender("http") === undefined;
    if (this.#hasRoom) this.#http()?.cast("change-rows", changes);
  }

  /** To a new incarnation, which has no rows. */
  #sendWhole(): void {
    if (!this.#isRestored || this.#root?.sender("http") === undefined) return;
    const whole = this.#feed.takeWhole();
    this.#tell(whole);
    this.#send(whole);
  }

  #http(): Ref<HttpProtocol> | undefined {
    return this.#root?.ref<HttpProtocol>("http");
  }
}

const engineRestarting = {
  code: "engine-restarting",
  message: "cannot run the command now: the engine restarts; try again in a second",
};

function listenFailed(error: unknown): TroupeError {
  const { cause } = error as { readonly cause?: unknown };
  const { message } = asFault(cause ?? error);
  return new TroupeError("listen-failed", `the service cannot listen: ${message}`, {
    cause: error,
  });
}

import { MessageChannel, Worker, type MessagePort, type ResourceLimits } from "node:worker_threads";
import { defaultNetworkRules } from "../io/network/default-rules.ts";
import type { NetworkRules } from "../ports/network-rules.ts";
import type { Ports } from "../ports/ports.ts";
import type { Timers } from "../ports/timers.ts";
import type { Sender } from "../contract.ts";
import { ActorError, decodeFailure } from "../failure.ts";
import { nodePorts } from "../io/node-ports.ts";
import { threadTime, type ThreadTime } from "../io/system/thread-time.ts";
import {
  ownWorkerUrls,
  threadEntry,
  threadFile,
  type WorkerUrls,
} from "../io/threads/thread-file.ts";
import { breadcrumbWords, moduleMarkWords } from "../limits.ts";
import type { LinkPlan } from "../links/link.ts";
import { LogReceiver } from "../log.ts";
import type { ChildSpec } from "../supervisor-spec.ts";
import { portWire } from "./port-wire.ts";
import type { Child, ChildEvents, ChildStats, Host, LinkSide } from "./host.ts";
import { LifecycleCaller } from "./lifecycle-port.ts";
import {
  beatsWord,
  beatWords,
  systemIdWord,
  type ThreadData,
  type ThreadReport,
} from "./thread-data.ts";

/** V8 collects all the time with less for young objects. */
const leastYoungMebibytes = 4;

/**
 * Makes the production host: a thread for each actor, from its entry's `url`. Serves all supervisors of this thread.
 * @param workerUrls Entries of these threads and of the threads that they start. Default: this thread's own table.
 * @param network Rules of these threads and of the threads that they start.
 */
export function threadHost(
  workerUrls: WorkerUrls = ownWorkerUrls(),
  network: NetworkRules = defaultNetworkRules,
): Host {
  let ports: Ports | undefined;
  const portsOnce = () => (ports ??= nodePorts({ network }));
  const expected = new Map<ChildSpec, ThreadChild>();
  return {
    sharesThread: false,
    ports: portsOnce,
    prespawn(specs) {
      const { timers } = portsOnce();
      for (const spec of specs.filter((each) => !expected.has(each)))
        expected.set(spec, new ThreadChild(spec, 1, { timers, workerUrls, network }));
      return async () => {
        const unused = specs
          .map((spec) => expected.get(spec))
          .filter((child) => child !== undefined);
        for (const spec of specs) expected.delete(spec);
        for (const child of unused) child.terminate();
        await Promise.all(unused.map((child) => child.ended));
      };
    },
    spawn(spec, epoch, events) {
      const early = expected.get(spec);
      expected.delete(spec);
      const child =
        early?.sender.epoch === epoch
          ? early
          : new ThreadChild(spec, epoch, { timers: portsOnce().timers, workerUrls, network });
      child.begin(events);
      return child;
    },
    connect: connectByChannel,
  };
}

function connectByChannel(first: LinkSide, second: LinkSide): void {
  const { port1, port2 } = new MessageChannel();
  give(first, port1);
  give(second, port2);
}

function give({ party, plan }: LinkSide, port: MessagePort): void {
  if (party.kind === "local") return party.link(plan, portWire(port));
  if (party instanceof ThreadChild) return party.link(plan, port);
  throw new TypeError(`bug: ${party.sender.name} is not a child of this host`);
}

interface ThreadServices {
  readonly timers: Timers;
  readonly workerUrls: WorkerUrls;
  readonly network: NetworkRules;
}

class ThreadChild implements Child {
  readonly kind = "child";
  readonly sender: Sender;
  readonly started: Promise<void>;
  readonly ended: Promise<void>;
  readonly #spec: ChildSpec;
  readonly breadcrumb: Int32Array;
  readonly #beats: Int32Array;
  readonly #logTaken = new SharedArrayBuffer(4);
  readonly #start = Promise.withResolvers<void>();
  readonly #lifecycle: LifecycleCaller;
  readonly #end = Promise.withResolvers<void>();
  #worker: Worker | undefined;
  /** Undefined until `begin`. */
  #events: ChildEvents | undefined;
  #log: LogReceiver | undefined;
  /** A failure before `begin`. */
  #earlyFailure: { readonly error: unknown } | undefined;
  #hasFailed = false;
  #isTerminated = false;
  #noticeRoles: readonly string[] = [];

  constructor(spec: ChildSpec, epoch: number, { timers, workerUrls, network }: ThreadServices) {
    this.sender = { name: spec.name, epoch };
    this.#spec = spec;
    const beats = new SharedArrayBuffer(4 * beatWords);
    this.#beats = new Int32Array(beats);
    const breadcrumb = new SharedArrayBuffer(4 * (breadcrumbWords + moduleMarkWords));
    this.breadcrumb = new Int32Array(breadcrumb);
    this.ended = this.#end.promise;
    const { port1, port2 } = new MessageChannel();
    this.#lifecycle = new LifecycleCaller(spec.name, port1, timers);
    this.started = this.#start.promise;
    // Callers need not listen.
    this.started.catch(() => {});
    this.#bringUp({
      runtime: "actor-thread",
      sender: this.sender,
      lifecycle: port2,
      beats,
      breadcrumb,
      logTaken: this.#logTaken,
      workerUrls,
      network,
    });
  }

  begin(events: ChildEvents): void {
    this.#events = events;
    this.#log = new LogReceiver(this.#logTaken, events.log);
    this.#startActor().then(this.#start.resolve, this.#start.reject);
  }

  get noticeRoles(): readonly string[] {
    return this.#noticeRoles;
  }

  beats(): number {
    return Atomics.load(this.#beats, beatsWord);
  }

  time(): ThreadTime | undefined {
    return threadTime(Atomics.load(this.#beats, systemIdWord));
  }

  stats(withinMs: number): Promise<ChildStats> {
    return this.#lifecycle.stats(withinMs);
  }

  link(plan: LinkPlan, port: MessagePort): void {
    this.#lifecycle.link(plan, port);
  }

  unlink(linkId: string): void {
    if (!this.#isTerminated) this.#lifecycle.unlink(linkId);
  }

  hang(): void {
    this.#lifecycle.hang();
  }

  stop(): Promise<void> {
    return this.#lifecycle.stop();
  }

  terminate(): void {
    if (this.#isTerminated) return;
    this.#isTerminated = true;
    this.#lifecycle.end(this.#goneError("it was terminated"));
    void this.#worker?.terminate();
    if (this.#worker === undefined) this.#end.resolve();
  }

  #bringUp(data: ThreadData): void {
    try {
      const file = threadEntry(threadFile(this.#spec.entry.url, data.workerUrls));
      this.#worker = new Worker(file, {
        name: this.#spec.name,
        workerData: data,
        transferList: [data.lifecycle],
        resourceLimits: limitsOfHeap(this.#spec),
      });
      this.#listen(this.#worker);
    } catch (error) {
      this.#failed(error);
    }
  }

  async #startActor(): Promise<void> {
    try {
      if (this.#earlyFailure !== undefined) throw this.#earlyFailure.error;
      this.#noticeRoles = await this.#lifecycle.start(this.#spec.options(this.sender.epoch));
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  #listen(worker: Worker): void {
    worker.on("message", (report: ThreadReport) => {
      if ("log" in report) this.#log?.take(report.log);
      else this.#failed(decodeFailure(report.failure));
    });
    worker.on("messageerror", (error) => this.#failed(error));
    // Failures that the thread cannot report: out of memory, an entry that does not load.
    worker.on("error", (error) => this.#failed(error));
    worker.on("exit", (code) => {
      if (code !== 0 && !this.#isTerminated)
        this.#failed(this.#goneError(`it exited with ${code}`));
      this.#isTerminated = true;
      this.#lifecycle.end(this.#goneError("its thread has ended"));
      this.#end.resolve();
    });
  }

  #failed(error: unknown): void {
    if (this.#events === undefined) {
      this.#earlyFailure ??= { error };
      return;
    }
    if (this.#hasFailed) return;
    if (this.#isTerminated && this.#earlyFailure === undefined) return;
    this.#hasFailed = true;
    this.#events.failed(error);
    this.#lifecycle.end(error);
    this.terminate();
  }

  #goneError(reason: string): ActorError {
    return new ActorError("actor-gone", {
      message: `the thread of ${this.sender.name} is not there: ${reason}`,
      details: { actor: this.sender.name, epoch: this.sender.epoch },
    });
  }
}

/** V8 keeps memory once given to young objects: a limited thread gets about a hundredth of its heap, not up to 96 MiB. */
function limitsOfHeap({ heapLimitMebibytes: limit, youngMebibytes }: ChildSpec): ResourceLimits {
  const young = youngMebibytes ?? (limit && Math.max(leastYoungMebibytes, limit / 128));
  return {
    ...(limit !== undefined && { maxOldGenerationSizeMb: limit }),
    ...(young !== undefined && { maxYoungGenerationSizeMb: young }),
  };
}

// Everything that an engine is made of besides its own state: ports, refs, pools and a supervisor, in the test's hands.

import {
  breadcrumbWords,
  inOwnStep,
  type Context,
  type FolderLook,
  type Protocol,
  type Random,
} from "@troupe/actor-runtime";
import { ManualTime, RecordingRef, seededRandom } from "@troupe/actor-runtime/testing";
import { digestGroup, type CheckPool, type HashPool } from "@troupe/hash-worker";
import type { EngineOptions } from "@troupe/messages";
import { ownIdentity } from "@troupe/protocol/client-identity";
import type { EngineContext, EngineSupervisor } from "../../src/engine/base/engine-state.ts";
import { FakeHttp } from "./fake-http.ts";

/** Options of an engine with enough descriptors; `workerBytes` is the payload memory of each peer-worker. */
export function engineOptions(
  peerWorkers: number,
  workerBytes: number,
  peers: number,
): EngineOptions {
  const shares = { halfOpen: 200, handshakes: 512, openFiles: 64, trackers: 150, lockFiles: 64 };
  const memoryBytes = peerWorkers * workerBytes;
  const descriptors = { limit: 20_000, peers, ...shares };
  const discovery = { localDiscovery: false, portMapping: [] };
  const network = {
    ports: [6881],
    bind: [],
    families: [4, 6] as const,
    identity: ownIdentity,
    settings: { maxPeers: 50 },
    descriptors,
    ...discovery,
  };
  return { directory: "/downloads", peerWorkers, hashThreads: 1, memoryBytes, ...network };
}

/** A context that records what goes out of it, with a clock that the test moves. */
export class FakeContext implements EngineContext, Pick<Context, "ref"> {
  readonly self = { name: "engine", epoch: 1 };
  readonly time = new ManualTime();
  readonly clock = this.time;
  readonly timers = this.time;
  readonly random = randomWithKey();
  readonly http = new FakeHttp();
  readonly sockets = { dial: unexpected, listen: unexpected };
  readonly interfaces = { list: () => [], indexOf: () => undefined, sourceTo: () => undefined };
  readonly datagrams = { bind: unexpected };
  readonly folders = {
    look: (_folder: string): Promise<FolderLook> => Promise.resolve({ device: 1n }),
    stuck: [],
  };
  readonly gateways = { list: () => [] };
  /** The default exports of modules, by URL. */
  readonly moduleExports = new Map<string, unknown>();
  /** Addresses by name. */
  readonly addresses = new Map<string, readonly string[]>();
  readonly names = {
    resolve: (host: string) => this.#resolve(host),
    resolveAllowed: (host: string) => this.#resolve(host),
  };
  readonly breadcrumb = new Int32Array(breadcrumbWords);
  readonly refs = new Map<string, unknown>();
  readonly announced: { readonly name: string; readonly message: unknown }[] = [];
  readonly logged: { readonly level: string; readonly event: string; readonly fields: unknown }[] =
    [];
  readonly failures: unknown[] = [];
  readonly notices = { credits: 1024, listeners: [] as (() => void)[] };

  inModule<Result>(step: number, subject: number, act: () => Result): Result {
    return inOwnStep(this.breadcrumb, step, subject, act);
  }

  loadModule(_step: number, _subject: number, url: string): Promise<unknown> {
    return this.moduleExports.has(url)
      ? Promise.resolve(this.moduleExports.get(url))
      : Promise.reject(new Error(`Cannot find module '${url}'`));
  }

  ref<P extends Protocol>(role: string): RecordingRef<P> {
    const ref = this.refs.get(role) ?? new RecordingRef<P>(role);
    this.refs.set(role, ref);
    return ref as RecordingRef<P>;
  }

  emit(name: string, message: unknown): void {
    this.announced.push({ name, message });
  }

  get noticeCredits(): number {
    return this.notices.credits;
  }

  whenNoticeRoom(listener: () => void): void {
    this.notices.listeners.push(listener);
  }

  log(level: string, event: string, fields?: unknown): void {
    this.logged.push({ level, event, fields });
  }

  fail(error: unknown): void {
    this.failures.push(error);
  }

  #resolve(host: string): Promise<readonly string[]> {
    const addresses = this.addresses.get(host);
    if (addresses !== undefined) return Promise.resolve(addresses);
    return Promise.reject(Object.assign(new Error("not found"), { code: "ENOTFOUND" }));
  }
}

/** Numbers from a seed. Four bytes are always the same ones: the engine's tracker key is 00c0ffee. */
function randomWithKey(): Random {
  const random = seededRandom(7);
  const key = Uint8Array.of(0x00, 0xc0, 0xff, 0xee);
  return {
    ...random,
    bytes: (lengthBytes) => (lengthBytes === 4 ? key : random.bytes(lengthBytes)),
  };
}

function unexpected(): never {
  throw new Error("this engine has no network");
}

/** One digest that the hash pool was asked for. */
export interface DigestRequest {
  readonly offset: number;
  readonly lengthBytes: number;
  /** Asked for the digests of its blocks too: they are `blocks`, one number each. */
  readonly hasParts: boolean;
  /** The hash of piece `piece` of a scene's torrents; no piece has the hash 255. */
  readonly give: (piece: number, blocks?: readonly number[]) => Promise<void>;
}

const idlePool = {
  threads: 0,
  queued: 0,
  restarts: 0,
  abandoned: 0,
  close: () => Promise.resolve(),
};

/** A hash pool whose digests wait in `requests` until the test gives them. */
export function fakeHashPool(requests: DigestRequest[]): HashPool {
  const wait = (
    request: Pick<DigestRequest, "offset" | "lengthBytes" | "hasParts">,
    take: (digests: Uint8Array) => void,
  ): void => {
    requests.push({
      ...request,
      give: async (piece, blocks = []) => {
        take(Uint8Array.from([piece, ...blocks].flatMap((digest) => Array(20).fill(digest))));
        await Promise.resolve();
      },
    });
  };
  return {
    ...idlePool,
    digestAll: (tasks, algorithm) =>
      digestGroup(tasks, algorithm, ({ offset, lengthBytes }, group, index) =>
        wait({ offset, lengthBytes, hasParts: false }, (digest) => group.take(index, digest, 0)),
      ),
    digestBlocks: () =>
      new Promise((resolve) => wait({ offset: 0, lengthBytes: 0, hasParts: true }, resolve)),
    killThread: () => false,
    hangThread: () => undefined,
  };
}

/** A check pool that answers no check; `setCheckPool` gives it answers. */
export function fakeCheckPool(): CheckPool {
  return {
    ...idlePool,
    running: 0,
    checkPieces: () => Promise.reject(new Error("no check is expected")),
    killThread: () => false,
  };
}

/** A supervisor that writes down which children on demand it was to start and stop. */
export function fakeSupervisor(started: string[]): EngineSupervisor {
  return {
    startChild: (name) => Promise.resolve(void started.push(`start ${name}`)),
    stopChild: (name) => Promise.resolve(void started.push(`stop ${name}`)),
    stop: () => Promise.resolve(),
    status: () => Promise.reject(new Error("no status is expected")),
    kill: () => undefined,
    hang: () => undefined,
  };
}

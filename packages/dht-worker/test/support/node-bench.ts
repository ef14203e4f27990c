// A DHT worker with everything around it in the test's hands: time, and the packets of both sockets.

import type { Address, Context, DatagramHandlers, Random } from "@troupe/actor-runtime";
import { ManualTime, RecordingRef, sha1 } from "@troupe/actor-runtime/testing";
import type { DhtOptions, DhtProtocol, DhtQuestSubject } from "@troupe/messages";
import { decodeKrpc, type KrpcMessage } from "@troupe/protocol/dht";
import type { AddressFamily } from "@troupe/protocol/tracker";

import { DhtWorker, familyOf } from "../../src/dht-worker.ts";
import { listen } from "../../src/listen.ts";

/** Where the worker listens. */
export const benchHosts: Readonly<Record<AddressFamily, string>> = {
  4: "20.0.0.1",
  6: "2a00:1::1",
};

/** A packet of the worker. */
export interface SentPacket {
  readonly bytes: Uint8Array;
  readonly to: Address;
  /** Undefined for bytes that are no message. */
  readonly message: KrpcMessage | undefined;
}

/** The worker and its surroundings. */
export class NodeBench {
  readonly time = new ManualTime();
  readonly breadcrumb = new Int32Array(8);
  readonly failures: unknown[] = [];
  readonly worker: DhtWorker;
  /** Packets since they were last taken. */
  #sent: SentPacket[] = [];
  #notices = 0;
  #quests = 0;
  readonly #handlers = new Map<AddressFamily, DatagramHandlers>();
  readonly #random: Random;

  private constructor(random: Random, options: DhtOptions) {
    this.#random = random;
    this.worker = new DhtWorker(this.#context(), { routers: [], ...options });
  }

  /** A worker that receives at both families. */
  static async start(random: Random, options: DhtOptions = {}): Promise<NodeBench> {
    const bench = new NodeBench(random, options);
    await listen(bench.worker, { hosts: Object.values(benchHosts), ports: [6_881] });
    bench.time.advance(0);
    return bench;
  }

  /** Notices since the start. */
  get notices(): number {
    return this.#notices;
  }

  /** A packet arrives, and the turn ends. */
  receive(bytes: Uint8Array, from: Address): void {
    this.#handlers.get(familyOf(from.host))?.received(bytes, from);
    this.time.advance(0);
  }

  /** @returns The packets since the last call. */
  take(): readonly SentPacket[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  begin(subject: DhtQuestSubject): boolean {
    this.#quests += 1;
    const { quests } = this.worker;
    const refusal = quests.begin({ quest: this.#quests, subject }, this.time.nowMs());
    this.worker.wake();
    this.time.advance(0);
    return refusal === undefined;
  }

  #context(): Context<DhtProtocol> {
    const context = {
      self: { name: "dht", epoch: 1 },
      clock: this.time,
      timers: this.time,
      random: this.#random,
      sha1,
      names: { resolve: () => new Promise(() => {}), resolveAllowed: () => new Promise(() => {}) },
      datagrams: {
        bind: ({ host, port }: Address, handlers: DatagramHandlers) => {
          const family = familyOf(host);
          this.#handlers.set(family, handlers);
          return Promise.resolve({
            address: { host, port },
            send: (bytes: Uint8Array, to: Address) => {
              this.#sent.push({ bytes, to, message: decodeKrpc(bytes, family) });
            },
            close: () => {},
          });
        },
      },
      ref: (role: string) => new RecordingRef(role),
      emit: () => {
        this.#notices += 1;
      },
      noticeCredits: 1_000,
      whenNoticeRoom: () => {},
      breadcrumb: this.breadcrumb,
      log: () => {},
      fail: (error: unknown) => this.failures.push(error),
    };
    // The rest of a context is of no use to the worker: touching it fails the test.
    return context as unknown as Context<DhtProtocol>;
  }
}

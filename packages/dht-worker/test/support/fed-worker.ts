// A worker without a network: the test hands it packets, and records the packets that it sends.

import type { Address, Context } from "@troupe/actor-runtime";
import { ManualTime, sha1, seededRandom, RecordingRef } from "@troupe/actor-runtime/testing";
import type { DhtOptions, DhtProtocol } from "@troupe/messages";
import { DhtWorker } from "../../src/dht-worker.ts";
import type { DhtNode } from "../../src/node/dht-node.ts";

/** A worker with a node of IPv4. */
export class FedWorker {
  readonly time: ManualTime = new ManualTime();
  readonly worker: DhtWorker;
  readonly node: DhtNode;
  readonly sent: { readonly bytes: Uint8Array; readonly to: Address }[] = [];
  /** Names that it asked for; no answer comes. */
  readonly resolved: string[] = [];
  /** Credits of the link to the owner. */
  noticeCredits = 1_024;
  #roomListeners: (() => void)[] = [];

  constructor(options: DhtOptions = {}, address: Address = { host: "20.0.0.1", port: 6_881 }) {
    this.worker = new DhtWorker(this.#context(), { routers: [], ...options });
    const send = (bytes: Uint8Array, to: Address): void => void this.sent.push({ bytes, to });
    this.node = this.worker.open(4, { address, send, close() {} }).node;
  }

  /** The owner has handled its notices. */
  giveRoom(): void {
    this.noticeCredits = 1_024;
    for (const listener of this.#roomListeners.splice(0)) listener();
  }

  #context(): Context<DhtProtocol> {
    const resolve = (name: string): Promise<readonly string[]> => {
      this.resolved.push(name);
      return new Promise(() => {});
    };
    const parts = {
      clock: this.time,
      timers: this.time,
      random: seededRandom(1),
      sha1,
      breadcrumb: new Int32Array(8),
      names: { resolve, resolveAllowed: resolve },
      emit: () => {},
      ref: (role: string) => new RecordingRef(role),
      whenNoticeRoom: (listener: () => void) => void this.#roomListeners.push(listener),
    };
    Object.defineProperty(parts, "noticeCredits", { get: () => this.noticeCredits });
    return parts as unknown as Context<DhtProtocol>;
  }
}

// Counts messages between the threads of an engine by wrapping Node's ports. The runtime itself counts nothing by name.

import { createRequire, syncBuiltinESMExports } from "node:module";
import { MessagePort } from "node:worker_threads";
import {
  decodeFrame,
  type EncodedFrame,
} from "../../../packages/actor-runtime/src/links/frame-codec.ts";
import { EntryKind, type Entry } from "../../../packages/actor-runtime/src/links/wire.ts";

/** Messages of one name through one end of a port. */
export interface MessageCount {
  /** This thread sent the message, or received it from a pool, whose threads do not count. */
  readonly way: "sent" | "received";
  /** Name of the other thread; `pool` for a pool, `?` when the program did not say. */
  readonly other: string;
  /** `call NAME`, `reply NAME`, `cast NAME`, `notice NAME`, `frame` (a post with several messages), `task`, `result`. */
  readonly name: string;
  readonly count: number;
}

/** A `link` of the lifecycle port: `comlink` carries it as a call with arguments. */
interface LinkCall {
  readonly argumentList: readonly { readonly value: unknown }[];
}

interface Plan {
  readonly self: { readonly name: string };
  readonly peer: { readonly name: string };
}

type Post = (this: MessagePort, message: unknown, transfer?: readonly unknown[]) => unknown;
type Listener = (message: unknown) => void;
type Listen = (this: MessagePort, type: string, listener: Listener) => MessagePort;

/** Wraps the ports of this thread, for good. Counts from `begin` to `end`. */
export function countMessages(): { begin(): void; end(): MessageCount[] } {
  const ports = new Ports();
  wrapChannels(ports);
  wrapPosts(ports);
  wrapListeners(ports);
  return { begin: () => ports.begin(), end: () => ports.end() };
}

/** Counts by port, and the names of the threads at their other ends. */
class Ports {
  readonly #others = new WeakMap<object, string>();
  readonly #partners = new WeakMap<object, object>();
  /** Names of calls that were received, by their number, for the names of replies. */
  readonly #calls = new WeakMap<object, Map<number, string>>();
  #counts: Map<string, number> | undefined;

  begin(): void {
    this.#counts = new Map();
  }

  end(): MessageCount[] {
    const counts = [...(this.#counts ?? [])];
    this.#counts = undefined;
    return counts.map(([key, count]) => {
      const [way = "", other = "", name = ""] = key.split("\t");
      return { way: way === "sent" ? "sent" : "received", other, name, count };
    });
  }

  pair(one: object, other: object): void {
    this.#partners.set(one, other);
    this.#partners.set(other, one);
  }

  sent(port: object, message: unknown): void {
    const link = linkOf(message);
    if (link !== undefined) {
      // The one end goes to `self`, so the other end, if it stays here, leads there.
      const kept = this.#partners.get(link.port);
      if (kept !== undefined) this.#others.set(kept, link.plan.self.name);
      return;
    }
    if (isFrame(message)) return this.#frame(port, message);
    if (isTask(message)) this.#add("sent", "pool", "task");
  }

  received(port: object, message: unknown): void {
    const link = linkOf(message);
    if (link !== undefined) {
      this.#others.set(link.port, link.plan.peer.name);
      return;
    }
    if (isFrame(message)) return this.#rememberCalls(port, message);
    if (isTask(message)) this.#add("received", "pool", "result");
  }

  #frame(port: object, frame: EncodedFrame): void {
    const other = this.#others.get(port) ?? "?";
    const [, , , entries] = decodeFrame(frame);
    this.#add("sent", other, "frame");
    for (const entry of entries) this.#add("sent", other, this.#nameOf(port, entry));
  }

  #nameOf(port: object, entry: Entry): string {
    switch (entry[0]) {
      case EntryKind.cast:
        return `cast ${entry[1]}`;
      case EntryKind.notice:
        return `notice ${entry[1]}`;
      case EntryKind.call:
        return `call ${entry[1]}`;
      case EntryKind.reply:
      case EntryKind.failure:
        return `reply ${this.#calls.get(port)?.get(entry[1]) ?? "?"}`;
    }
  }

  #rememberCalls(port: object, frame: EncodedFrame): void {
    const [, , , entries] = decodeFrame(frame);
    for (const entry of entries) {
      if (entry[0] !== EntryKind.call) continue;
      const calls = this.#calls.get(port) ?? new Map<number, string>();
      this.#calls.set(port, calls.set(entry[3], entry[1]));
    }
  }

  #add(way: MessageCount["way"], other: string, name: string): void {
    const key = `${way}\t${other}\t${name}`;
    this.#counts?.set(key, (this.#counts.get(key) ?? 0) + 1);
  }
}

function wrapChannels(ports: Ports): void {
  const threads = createRequire(import.meta.url)("node:worker_threads") as {
    MessageChannel: new () => MessageChannel;
  };
  const Channel = threads.MessageChannel;
  threads.MessageChannel = class extends Channel {
    constructor() {
      super();
      ports.pair(this.port1, this.port2);
    }
  };
  syncBuiltinESMExports();
}

function wrapPosts(ports: Ports): void {
  const prototype = MessagePort.prototype as unknown as { postMessage: Post };
  const { postMessage } = prototype;
  prototype.postMessage = function (message, transfer) {
    ports.sent(this, message);
    // A BroadcastChannel reads the answer.
    return postMessage.call(this, message, transfer);
  };
}

function wrapListeners(ports: Ports): void {
  const prototype = MessagePort.prototype as unknown as { on: Listen; off: Listen };
  const { on, off } = prototype;
  const wrapped = new WeakMap<Listener, Listener>();
  prototype.on = function (type, listener) {
    if (type !== "message") return on.call(this, type, listener);
    const counting: Listener = (message) => {
      ports.received(this, message);
      listener(message);
    };
    wrapped.set(listener, counting);
    return on.call(this, type, counting);
  };
  prototype.off = function (type, listener) {
    return off.call(this, type, wrapped.get(listener) ?? listener);
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isFrame(message: unknown): message is EncodedFrame {
  return isObject(message) && message["bytes"] instanceof Uint8Array && "shared" in message;
}

function isTask(message: unknown): boolean {
  return isObject(message) && "taskId" in message;
}

function linkOf(message: unknown): { plan: Plan; port: object } | undefined {
  if (!isObject(message) || !Array.isArray(message["argumentList"])) return undefined;
  const [plan, port] = (message as unknown as LinkCall).argumentList.map(({ value }) => value);
  const isLink = isObject(plan) && "self" in plan && port instanceof MessagePort;
  return isLink ? { plan: plan as unknown as Plan, port } : undefined;
}

// A message server in memory and in virtual time, which can go away and come back.

import type { Timers } from "@troupe/actor-runtime";
import type {
  Bus,
  Objects,
  Presence,
  Unsubscribe,
  WindowStream,
} from "../../../src/agents/bus/bus.ts";

type Take = (bytes: Uint8Array) => void;
type Reply = (bytes: Uint8Array) => Promise<Uint8Array>;

interface Stored {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** The server; each client has a {@link MemoryBus}. */
export class MemoryServer {
  readonly presence = new Map<string, Uint8Array>();
  readonly objects = new Map<string, Uint8Array>();
  readonly subscriptions = new Set<{ readonly subject: string; readonly take: Take }>();
  readonly answers = new Map<string, { readonly bus: MemoryBus; readonly reply: Reply }>();
  readonly buses = new Set<MemoryBus>();
  readonly timers: Timers;
  isUp = true;
  /** Messages are stored, and their senders do not learn it. */
  losesAnswers = false;
  readonly #streams = new Map<string, Stored[]>();

  constructor({ timers }: { readonly timers: Timers }) {
    this.timers = timers;
  }

  /** The messages of a run. */
  stored(run: string): readonly Stored[] {
    return this.#streams.get(run) ?? [];
  }

  store(run: string, message: Stored): void {
    const messages = this.#streams.get(run) ?? [];
    this.#streams.set(run, messages);
    if (!messages.some(({ id }) => id === message.id)) messages.push(message);
  }

  purge(run: string): void {
    this.#streams.delete(run);
  }

  /** Goes away: connections break. */
  kill(): void {
    this.isUp = false;
    for (const bus of this.buses) bus.tellConnection();
  }

  /** Comes back with all that it stored. */
  start(): void {
    this.isUp = true;
    for (const bus of this.buses) bus.tellConnection();
  }
}

/** The connection of one client. */
export class MemoryBus implements Bus {
  /** Cut off from the server, as by a broken line. */
  isCut = false;
  readonly presence: Presence;
  readonly objects: Objects;
  readonly windows: WindowStream;
  readonly closed: Promise<void>;
  readonly #close: () => void;
  readonly #server: MemoryServer;
  readonly #listeners: ((isConnected: boolean) => void)[] = [];
  #isClosed = false;

  constructor(server: MemoryServer) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#close = resolve;
    this.#server = server;
    server.buses.add(this);
    this.presence = {
      put: async (name, bytes) => void this.#reached().presence.set(name, bytes),
      delete: async (name) => void this.#reached().presence.delete(name),
      list: async () => new Map(this.#reached().presence),
    };
    this.objects = {
      put: async (name, bytes) => void this.#reached().objects.set(name, bytes),
      delete: async (name) => void this.#reached().objects.delete(name),
      get: async (name, limitBytes) => {
        const bytes = this.#reached().objects.get(name);
        return bytes === undefined || bytes.length > limitBytes ? undefined : bytes;
      },
    };
    this.windows = {
      append: async (run, id, bytes) => {
        this.#reached().store(run, { id, bytes });
        if (server.losesAnswers) throw new Error("timeout");
      },
      read: async (run, take) => this.#read(run, take),
      purge: async (run) => this.#reached().purge(run),
    };
  }

  get isConnected(): boolean {
    return this.#server.isUp && !this.isCut && !this.#isClosed;
  }

  onConnection(listener: (isConnected: boolean) => void): void {
    this.#listeners.push(listener);
  }

  tellConnection(): void {
    for (const listener of this.#listeners) listener(this.isConnected);
  }

  publish(subject: string, bytes: Uint8Array): void {
    if (!this.isConnected) return;
    for (const subscription of this.#server.subscriptions) {
      if (subscription.subject === subject) {
        this.#server.timers.after(1, () => subscription.take(bytes));
      }
    }
  }

  subscribe(subject: string, take: Take): Unsubscribe {
    const subscription = {
      subject,
      take: (bytes: Uint8Array) => {
        if (this.isConnected) take(bytes);
      },
    };
    this.#server.subscriptions.add(subscription);
    return () => this.#server.subscriptions.delete(subscription);
  }

  answer(subject: string, reply: Reply): Unsubscribe {
    this.#server.answers.set(subject, { bus: this, reply });
    return () => this.#server.answers.delete(subject);
  }

  async request(subject: string, bytes: Uint8Array, limitMs: number): Promise<Uint8Array> {
    const answer = this.#reached().answers.get(subject);
    if (answer?.bus.isConnected !== true) throw new Error("no responders");
    const late = Promise.withResolvers<Uint8Array>();
    const timer = this.#server.timers.after(limitMs, () => late.reject(new Error("timeout")));
    try {
      return await Promise.race([answer.reply(bytes), late.promise]);
    } finally {
      timer.cancel();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#close();
    this.#server.buses.delete(this);
  }

  #reached(): MemoryServer {
    if (!this.isConnected) throw new Error("not connected");
    return this.#server;
  }

  #read(run: string, take: Take): Unsubscribe {
    let next = 0;
    const timer = this.#server.timers.every(10, () => {
      if (!this.isConnected) return;
      const messages = this.#server.stored(run);
      for (; next < messages.length; next++) take(messages[next]?.bytes ?? new Uint8Array());
    });
    return () => timer.cancel();
  }
}

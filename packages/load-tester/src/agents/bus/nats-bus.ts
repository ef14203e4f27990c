// The bus over a NATS server with JetStream.

import { TroupeError } from "@troupe/control";
import { messageOf, type Names } from "@troupe/actor-runtime";
import { cleanText } from "@troupe/protocol/text";
import { objectsBytes, presenceMs, storedMs } from "../limits.ts";
import { connectToServer } from "./connect.ts";
import { loadNatsLibrary, type NatsConnection, type ObjectStore } from "./nats-library.ts";
import { natsPresence } from "./nats-presence.ts";
import { NatsWindows } from "./nats-windows.ts";
import { readServerAddress, type NatsOptions } from "./server-address.ts";
import type { Bus, Objects, Presence, Unsubscribe } from "./bus.ts";

const presenceBucket = "troupe-load-agents";
const objectsBucket = "troupe-load-plans";
const presenceBytes = 4 * 1024 * 1024;

/** Connects to the server and makes the stores that leaders and agents share. */
export async function openNatsBus(
  options: NatsOptions,
  parts: { readonly names: Names; readonly name: string; readonly warn: (text: string) => void },
): Promise<Bus> {
  const server = readServerAddress(options);
  const library = await loadNatsLibrary();
  const connection = await connectToServer({ ...parts, library, server });
  try {
    const jetstream = library.jetstream(connection, { timeout: 5_000 });
    const manager = await library.jetstreamManager(connection, { timeout: 5_000 });
    const presence = await new library.Kvm(jetstream).create(presenceBucket, {
      ttl: presenceMs,
      history: 1,
      max_bytes: presenceBytes,
    });
    const objects = await new library.Objm(jetstream).create(objectsBucket, {
      ttl: library.nanos(storedMs),
      max_bytes: objectsBytes,
    });
    const windows = await NatsWindows.open({ library, jetstream, manager });
    return new NatsBus(connection, natsPresence(presence), natsObjects(objects), windows);
  } catch (error) {
    await connection.close();
    throw new TroupeError(
      "nats-without-jetstream",
      `cannot use the NATS server at ${server.host}:${server.port}: it must keep streams (nats-server -js -sd DIR), and it says: ${cleanText(messageOf(error), 200)}`,
      { cause: error },
    );
  }
}

class NatsBus implements Bus {
  readonly presence: Presence;
  readonly objects: Objects;
  readonly windows: NatsWindows;
  readonly closed: Promise<void>;
  readonly #connection: NatsConnection;
  readonly #listeners: ((isConnected: boolean) => void)[] = [];
  #isConnected = true;

  constructor(
    connection: NatsConnection,
    presence: Presence,
    objects: Objects,
    windows: NatsWindows,
  ) {
    this.#connection = connection;
    this.presence = presence;
    this.objects = objects;
    this.windows = windows;
    this.closed = connection.closed().then(() => {});
    void this.#follow();
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  onConnection(listener: (isConnected: boolean) => void): void {
    this.#listeners.push(listener);
  }

  publish(subject: string, bytes: Uint8Array): void {
    if (this.#isConnected && !this.#connection.isClosed()) {
      this.#connection.publish(subject, bytes);
    }
  }

  subscribe(subject: string, take: (bytes: Uint8Array) => void): Unsubscribe {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) take(message.data);
      },
    });
    return () => subscription.unsubscribe();
  }

  answer(subject: string, reply: (bytes: Uint8Array) => Promise<Uint8Array>): Unsubscribe {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (error !== null) return;
        // Without an answer the asker repeats its question, or gives up.
        void reply(message.data)
          .then((bytes) => message.respond(bytes))
          .catch(() => false);
      },
    });
    return () => subscription.unsubscribe();
  }

  async request(subject: string, bytes: Uint8Array, limitMs: number): Promise<Uint8Array> {
    const message = await this.#connection.request(subject, bytes, { timeout: limitMs });
    return message.data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.windows.close();
    await this.#connection.close();
  }

  async #follow(): Promise<void> {
    for await (const { type } of this.#connection.status()) {
      if (type === "disconnect") this.#connected(false);
      if (type === "reconnect") this.#connected(true);
    }
    this.#connected(false);
  }

  #connected(isConnected: boolean): void {
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    if (isConnected) this.windows.reconnected();
    for (const listener of this.#listeners) listener(isConnected);
  }
}

function natsObjects(store: ObjectStore): Objects {
  return {
    put: async (name, bytes) => void (await store.putBlob({ name }, bytes)),
    delete: async (name) => void (await store.delete(name)),
    async get(name, limitBytes) {
      const info = await store.info(name);
      if (info === null || info.size > limitBytes) return undefined;
      return await boundedBytes(await store.get(name), limitBytes);
    },
  };
}

/** The size that an object names is the sender's word: the bytes are counted as they come. */
async function boundedBytes(
  object: Awaited<ReturnType<ObjectStore["get"]>>,
  limitBytes: number,
): Promise<Uint8Array | undefined> {
  if (object === null) return undefined;
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of object.data) {
    length += part.length;
    if (length > limitBytes) return undefined;
    parts.push(part);
  }
  const error = await object.error;
  if (error instanceof Error) throw error;
  return new Uint8Array(Buffer.concat(parts));
}

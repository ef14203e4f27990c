// The stream of windows in JetStream: one stream for all runs, one subject a run.

import { duplicateWindowMs, messageBytes, storedMs, streamBytes } from "../limits.ts";
import type { Consumer, JetStreamClient, JetStreamManager, NatsLibrary } from "./nats-library.ts";
import type { Unsubscribe, WindowStream } from "./bus.ts";

const streamName = "troupe-load-windows";
/** A server that restarts answers nothing: the sender repeats the message soon. */
const appendMs = 1_000;
/** The shortest wait that the library allows; a message ends it at once. */
const fetchMs = 1_000;
const pauseMs = 200;
const fetchedAtOnce = 200;
/** The server forgets a consumer that has not asked for so long. */
const consumerMs = 30_000;

type Take = (bytes: Uint8Array) => void;

/** A reader of one run. */
interface Reader {
  readonly run: string;
  readonly take: Take;
  isOpen: boolean;
  /** Sequence in the stream from which on messages were not taken. */
  next: number;
}

interface Parts {
  readonly library: NatsLibrary;
  readonly jetstream: JetStreamClient;
  readonly manager: JetStreamManager;
}

/** The stream of windows of a NATS server. */
export class NatsWindows implements WindowStream {
  readonly #parts: Parts;
  readonly #readers = new Set<Reader>();
  /** Grows with each return of the connection. */
  #connection = 0;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Makes the stream unless it is there. */
  static async open(parts: Parts): Promise<NatsWindows> {
    const { library, manager } = parts;
    const settings = {
      subjects: [subjectOf("*")],
      max_age: library.nanos(storedMs),
      duplicate_window: library.nanos(duplicateWindowMs),
      max_bytes: streamBytes,
      max_msg_size: messageBytes,
    };
    try {
      await manager.streams.info(streamName);
    } catch {
      await manager.streams.add({ name: streamName, ...settings }).catch(async (error: unknown) => {
        // Agents that start together all find none: the server refuses all but one.
        await manager.streams.info(streamName).catch(() => {
          throw error;
        });
      });
    }
    return new NatsWindows(parts);
  }

  async append(run: string, id: string, bytes: Uint8Array): Promise<void> {
    await this.#parts.jetstream.publish(subjectOf(run), bytes, { msgID: id, timeout: appendMs });
  }

  async read(run: string, take: Take): Promise<Unsubscribe> {
    const reader: Reader = { run, take, isOpen: true, next: 1 };
    const first = await this.#consumer(reader);
    this.#readers.add(reader);
    void this.#follow(reader, first);
    return () => {
      reader.isOpen = false;
      this.#readers.delete(reader);
    };
  }

  async purge(run: string): Promise<void> {
    await this.#parts.manager.streams.purge(streamName, { filter: subjectOf(run) });
  }

  /** Messages that were on their way when the connection broke are lost: readers ask for them again. */
  reconnected(): void {
    this.#connection += 1;
  }

  /** Ends all readers. */
  close(): void {
    for (const reader of this.#readers) reader.isOpen = false;
    this.#readers.clear();
  }

  async #follow(reader: Reader, first: Consumer): Promise<void> {
    let consumer: Consumer | undefined = first;
    while (reader.isOpen) {
      try {
        consumer ??= await this.#consumer(reader);
        await this.#fetch(reader, consumer);
      } catch {
        await new Promise((resolve) => {
          setTimeout(resolve, pauseMs);
        });
      }
      consumer = undefined;
    }
  }

  /** A consumer of its own for each connection. It acknowledges nothing: the reader knows its place. */
  async #consumer({ run, next }: Reader): Promise<Consumer> {
    const { library, manager, jetstream } = this.#parts;
    const { name } = await manager.consumers.add(streamName, {
      filter_subject: subjectOf(run),
      ack_policy: "none",
      deliver_policy: "by_start_sequence",
      opt_start_seq: next,
      inactive_threshold: library.nanos(consumerMs),
    });
    return await jetstream.consumers.get(streamName, name);
  }

  /** Until the connection breaks, or a message is missing. @throws rejects when the server does not answer. */
  async #fetch(reader: Reader, consumer: Consumer): Promise<void> {
    const connection = this.#connection;
    let delivered = 0;
    while (reader.isOpen && connection === this.#connection) {
      const messages = await consumer.fetch({ max_messages: fetchedAtOnce, expires: fetchMs });
      for await (const message of messages) {
        delivered += 1;
        if (!reader.isOpen || message.info.deliverySequence !== delivered) return;
        reader.next = message.seq + 1;
        reader.take(message.data);
      }
    }
  }
}

function subjectOf(run: string): string {
  return `troupe.load.windows.${run}`;
}

// The stream of windows in JetStream: one stream for all runs, one subject a run.

import { duplicateWindowMs, messageBytes, storedMs, streamBytes } from "../limits.ts";
import type { JetStreamClient, JetStreamManager, NatsLibrary } from "./nats-library.ts";
import type { Unsubscribe, WindowStream } from "./bus.ts";

const streamName = "troupe-load-windows";
/** A server that restarts answers nothing: the sender repeats the message soon. */
const appendMs = 1_000;
/** The shortest wait that the library allows; a message ends it at once. */
const fetchMs = 1_000;
const pauseMs = 200;
const fetchedAtOnce = 200;
/** The server forgets a reader that has not asked for so long. */
const readerMs = 10 * 60_000;

interface Parts {
  readonly library: NatsLibrary;
  readonly jetstream: JetStreamClient;
  readonly manager: JetStreamManager;
}

/** The stream of windows of a NATS server. */
export class NatsWindows implements WindowStream {
  readonly #parts: Parts;
  readonly #readers = new Set<{ isOpen: boolean }>();

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
      await manager.streams.add({ name: streamName, ...settings });
    }
    return new NatsWindows(parts);
  }

  async append(run: string, id: string, bytes: Uint8Array): Promise<void> {
    await this.#parts.jetstream.publish(subjectOf(run), bytes, { msgID: id, timeout: appendMs });
  }

  async read(run: string, take: (bytes: Uint8Array) => void): Promise<Unsubscribe> {
    const { library, manager } = this.#parts;
    await manager.consumers.add(streamName, {
      durable_name: run,
      filter_subject: subjectOf(run),
      ack_policy: "explicit",
      deliver_policy: "all",
      inactive_threshold: library.nanos(readerMs),
    });
    const reader = { isOpen: true };
    this.#readers.add(reader);
    void this.#follow(run, reader, take);
    return () => {
      reader.isOpen = false;
      this.#readers.delete(reader);
    };
  }

  async purge(run: string): Promise<void> {
    const { manager } = this.#parts;
    await manager.consumers.delete(streamName, run);
    await manager.streams.purge(streamName, { filter: subjectOf(run) });
  }

  /** Ends all readers. */
  close(): void {
    for (const reader of this.#readers) reader.isOpen = false;
    this.#readers.clear();
  }

  /** A server that goes away ends a fetch with an error: the next fetch goes on where acknowledged messages end. */
  async #follow(
    run: string,
    reader: { readonly isOpen: boolean },
    take: (bytes: Uint8Array) => void,
  ): Promise<void> {
    while (reader.isOpen) {
      try {
        await this.#fetch(run, reader, take);
      } catch {
        await new Promise((resolve) => {
          setTimeout(resolve, pauseMs);
        });
      }
    }
  }

  async #fetch(
    run: string,
    reader: { readonly isOpen: boolean },
    take: (bytes: Uint8Array) => void,
  ): Promise<void> {
    const consumer = await this.#parts.jetstream.consumers.get(streamName, run);
    while (reader.isOpen) {
      const messages = await consumer.fetch({ max_messages: fetchedAtOnce, expires: fetchMs });
      for await (const message of messages) {
        if (!reader.isOpen) return;
        take(message.data);
        message.ack();
      }
    }
  }
}

function subjectOf(run: string): string {
  return `troupe.load.windows.${run}`;
}

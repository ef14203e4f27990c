// Messages of one run that wait for the stream: in order, each until the server has stored it.

import { pause, type Timers } from "@troupe/actor-runtime";
import { messageBytes } from "../limits.ts";
import { messageId } from "../messages/subjects.ts";
import { toJson } from "../messages/json.ts";
import type { StreamMessage } from "../messages/messages.ts";
import type { WindowStream } from "../bus/bus.ts";

const repeatMs = 250;

type Unnumbered<Message> = Message extends StreamMessage
  ? Omit<Message, "agent" | "number">
  : never;

/** Parts of an outbox. */
interface OutboxParts {
  readonly agent: string;
  readonly run: string;
  readonly stream: WindowStream;
  readonly timers: Pick<Timers, "after">;
  /** Windows that are kept while the server is away. */
  readonly most: number;
}

/** The unsent messages of an agent in a run. */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #waiting: StreamMessage[] = [];
  #number = 0;
  #dropped = 0;
  #sending: Promise<void> | undefined;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Windows that were dropped: the server was away for too long, or they are too large for it. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Messages that the server has not stored. */
  get length(): number {
    return this.#waiting.length;
  }

  /** Adds a message; with too many windows the oldest is dropped. */
  add(message: Unnumbered<StreamMessage>): void {
    const { agent, most } = this.#parts;
    // The first message may be under way.
    const oldest = this.#waiting.findIndex(({ kind }, index) => kind === "window" && index > 0);
    if (message.kind === "window" && this.#waiting.length >= most && oldest >= 0) {
      this.#waiting.splice(oldest, 1);
      this.#dropped += 1;
    }
    this.#waiting.push({ ...message, agent, number: this.#number });
    this.#number += 1;
    this.#sending ??= this.#sendAll();
  }

  /** Resolves when the server has stored every message. */
  async sent(): Promise<void> {
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    const { agent, run, stream, timers } = this.#parts;
    for (let [message] = this.#waiting; message !== undefined; [message] = this.#waiting) {
      const bytes = toJson(message);
      try {
        // The server refuses a larger message each time.
        if (bytes.length > messageBytes) this.#dropped += 1;
        else await stream.append(run, messageId(agent, run, message.number), bytes);
        this.#waiting.shift();
      } catch {
        // Perhaps it was stored and only the answer is lost: the server drops the second one by its id.
        await pause(timers, repeatMs);
      }
    }
    this.#sending = undefined;
  }
}

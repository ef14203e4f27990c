import type { Sender } from "./contract.ts";
import { plainFields } from "./failure.ts";
import { logEntriesUnderWay } from "./limits.ts";

/** Importance of an entry. */
export type LogLevel = "error" | "warn" | "info" | "debug";

/** An event as data. */
export interface LogEntry {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly level: LogLevel;
  /** Stable name: `actor-crashed`. */
  readonly event: string;
  readonly actor: Sender;
  /** Plain data, bounded. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Takes entries. Must not throw or block. */
export type LogSink = (entry: LogEntry) => void;

/** Makes an entry, with bounded plain data for any thread. */
export function logEntry(
  actor: Sender,
  timeMs: number,
  level: LogLevel,
  event: string,
  fields: Readonly<Record<string, unknown>> = {},
): LogEntry {
  return { timeMs, level, event, actor, fields: plainFields(fields) };
}

/**
 * The sending end. Drops and counts entries beyond {@link logEntriesUnderWay} in flight, and sends `log-dropped
 * {entries}` when there is room again.
 */
export class LogSender {
  readonly #post: LogSink;
  readonly #taken: Int32Array;
  #sent = 0;
  #dropped = 0;

  /** @param taken Four zero bytes of shared memory: entries taken, written by the parent's {@link LogReceiver}. */
  constructor(taken: SharedArrayBuffer, post: LogSink) {
    this.#taken = new Int32Array(taken);
    this.#post = post;
  }

  send(entry: LogEntry): void {
    if (this.#underWay() >= logEntriesUnderWay) {
      this.#dropped += 1;
      return;
    }
    if (this.#dropped > 0) {
      const entries = this.#dropped;
      this.#dropped = 0;
      this.send({ ...entry, level: "warn", event: "log-dropped", fields: { entries } });
      this.send(entry);
      return;
    }
    this.#sent = (this.#sent + 1) | 0;
    this.#post(entry);
  }

  #underWay(): number {
    return (this.#sent - Atomics.load(this.#taken, 0)) | 0;
  }
}

/** The parent's end: forwards entries and counts them. */
export class LogReceiver {
  readonly #taken: Int32Array;
  readonly #sink: LogSink;

  constructor(taken: SharedArrayBuffer, sink: LogSink) {
    this.#taken = new Int32Array(taken);
    this.#sink = sink;
  }

  take(entry: LogEntry): void {
    Atomics.add(this.#taken, 0, 1);
    this.#sink(entry);
  }
}

import type { Importance, LineWriter } from "./line-writer.ts";

/**
 * The events of `--json`. A later line makes up for most spare lines. Peers decide how many warnings there are: each
 * ban causes a warning.
 */
const importances = {
  listening: "keep",
  dht: "keep",
  "ip-filter": "keep",
  ready: "keep",
  metadata: "keep",
  checking: "spare",
  progress: "spare",
  piece: "spare",
  tracker: "spare",
  peer: "spare",
  worker: "spare",
  why: "spare",
  complete: "keep",
  "goal-reached": "keep",
  warning: "spare",
  error: "keep",
  stopped: "keep",
  checked: "keep",
  info: "keep",
  demo: "keep",
  "dht-peer": "keep",
  "dht-node": "keep",
  "dht-round": "keep",
  "dht-announced": "keep",
  "dht-pong": "keep",
  "dht-buckets": "keep",
  "dht-stored": "keep",
  "dht-item": "keep",
  "dht-status": "spare",
  "load-note": "keep",
  "load-begin": "keep",
  "load-second": "spare",
  "load-end": "keep",
  "load-wrote": "keep",
  "load-compare": "keep",
} as const satisfies Record<string, Importance>;

/** The name of an event of `--json`. */
export type JsonEvent = keyof typeof importances;

/**
 * JSON allows these characters, and a terminal or an editor obeys them: DEL and C1 controls, zero-width and
 * bidirectional characters, line separators, tags. Their escapes mean the same to a program.
 */
const unsafeToShow =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** A value as JSON; characters that could steer a terminal are escaped. */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(unsafeToShow, (characters) =>
    characters
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/** Writes events as lines of `--json`; once there is room again, the number of dropped lines. */
export class JsonLines {
  readonly #writer: LineWriter;
  readonly #epochMs: () => number;

  constructor(writer: LineWriter, epochMs: () => number) {
    this.#writer = writer;
    this.#epochMs = epochMs;
  }

  /** @param infoHash 40 hex digits, or null for the whole engine. */
  emit(event: JsonEvent, infoHash: string | null, fields: object = {}): void {
    if (this.#writer.leftOut > 0 && this.#writer.hasRoom) this.#reportLeftOut();
    this.#writer.write(this.#line(event, infoHash, fields), importances[event]);
  }

  /** Until the reader has taken everything or `signal` aborts. */
  async finish(signal?: AbortSignal): Promise<void> {
    if (this.#writer.leftOut > 0) this.#reportLeftOut();
    await this.#writer.drained(signal);
  }

  #reportLeftOut(): void {
    const count = this.#writer.takeLeftOut();
    const fields = {
      code: "lines-left-out",
      message: `${count} lines were left out because their reader is slow`,
      count,
    };
    this.#writer.write(this.#line("warning", null, fields), "keep");
  }

  #line(event: JsonEvent, infoHash: string | null, fields: object): string {
    // Overrides fields of the same name.
    const head = { event, time: this.#epochMs(), infoHash };
    return safeJson({ ...head, ...fields, ...head });
  }
}

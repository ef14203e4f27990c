// The lines of `--json`: one object a line, safe to show, bounded however slow the reader is.

import type { Importance, LineWriter } from "./line-writer.ts";

/** What a line can be about. */
export type JsonEvent =
  | "listening"
  | "ready"
  | "checking"
  | "progress"
  | "piece"
  | "tracker"
  | "peer"
  | "worker"
  | "why"
  | "complete"
  | "warning"
  | "error"
  | "stopped"
  | "checked"
  | "info"
  | "demo";

/**
 * Lines that come often enough to fill memory when nobody reads; a later one makes up for most of them. How many
 * warnings there are is up to strangers: each peer that is banned is one.
 */
const droppableEvents: ReadonlySet<JsonEvent> = new Set([
  "checking",
  "progress",
  "piece",
  "tracker",
  "peer",
  "worker",
  "why",
  "warning",
]);

/**
 * What JSON lets through and a terminal or an editor obeys: DEL and C1 controls, zero-width and bidirectional
 * characters, line separators, tags. Written as escapes they change nothing for a program that reads the line.
 */
const unsafeToShow =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** Text of one value as JSON, in ASCII where a character could steer a terminal. */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(unsafeToShow, (characters) =>
    characters
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/** Writes events as lines and says, once there is room again, how many were left out. */
export class JsonLines {
  readonly #writer: LineWriter;
  readonly #epochMs: () => number;

  constructor(writer: LineWriter, epochMs: () => number) {
    this.#writer = writer;
    this.#epochMs = epochMs;
  }

  /** @param infoHash 40 hex digits, or null for what is about the whole engine. */
  emit(event: JsonEvent, infoHash: string | null, fields: object = {}): void {
    if (this.#writer.leftOut > 0 && this.#writer.hasRoom) this.#reportLeftOut();
    const importance: Importance = droppableEvents.has(event) ? "spare" : "keep";
    this.#writer.write(this.#line(event, infoHash, fields), importance);
  }

  /** Waits until the reader has everything, or `signal` gives up. */
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
    // The head wins over a field of the same name.
    const head = { event, time: this.#epochMs(), infoHash };
    return safeJson({ ...head, ...fields, ...head });
  }
}

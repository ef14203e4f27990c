import { jsonEvents, type JsonEvent } from "./json-events.ts";
import type { ExactFields, JsonFields } from "./json-line.ts";
import type { LineWriter } from "./line-writer.ts";

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
  readonly #wanted: ReadonlySet<JsonEvent> | undefined;

  /** @param wanted The events that are written. Default: all. */
  constructor(writer: LineWriter, epochMs: () => number, wanted?: ReadonlySet<JsonEvent>) {
    this.#writer = writer;
    this.#epochMs = epochMs;
    this.#wanted = wanted;
  }

  /** @param infoHash 40 hex digits, or null for the whole engine. */
  emit<Name extends JsonEvent, Fields extends JsonFields<Name>>(
    event: Name,
    infoHash: string | null,
    fields: Fields & ExactFields<Name, Fields>,
  ): void {
    if (this.#wanted?.has(event) === false) return;
    if (this.#writer.leftOut > 0 && this.#writer.hasRoom) this.#reportLeftOut();
    this.#writer.write(this.#line(event, infoHash, fields), jsonEvents[event].importance);
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
    } satisfies JsonFields<"warning">;
    this.#writer.write(this.#line("warning", null, fields), "keep");
  }

  #line(event: JsonEvent, infoHash: string | null, fields: object): string {
    // Overrides fields of the same name.
    const head = { event, time: this.#epochMs(), infoHash };
    return safeJson({ ...head, ...fields, ...head });
  }
}

/** The last line of `--json`. */
export function endLine(exitCode: number, epochMs: number): string {
  const fields: JsonFields<"end"> = { exitCode };
  return safeJson({ event: "end", time: epochMs, ...fields });
}

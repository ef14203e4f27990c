// Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), read from pieces of text.

/** Characters of an event; a longer one ends the stream. A service sends 256 KiB at most, and a row may be larger. */
const mostCharacters: number = 16 * 1_024 ** 2;

/** An event of a stream. */
export interface StreamEvent {
  /** Its name; `message` without one. */
  readonly name: string;
  readonly data: string;
}

/** Reads a stream of events. */
export class EventStreamReader {
  #line = "";
  #name = "";
  #data: string[] = [];
  #length = 0;
  /** The piece before ended with CR, which an LF at the start of the next one belongs to. */
  #endedWithReturn = false;

  /**
   * @param piece The next piece of the text.
   * @returns The events that it completes; undefined for an event that is too long.
   */
  read(piece: string): StreamEvent[] | undefined {
    const text = this.#endedWithReturn && piece.startsWith("\n") ? piece.slice(1) : piece;
    if (piece !== "") this.#endedWithReturn = piece.endsWith("\r");
    const events: StreamEvent[] = [];
    const lines = text.split(/\r\n|\r|\n/);
    const rest = lines.pop() ?? "";
    for (const line of lines) {
      const event = this.#readLine(this.#line + line);
      this.#line = "";
      if (event !== undefined) events.push(event);
    }
    this.#line += rest;
    return this.#line.length + this.#length > mostCharacters ? undefined : events;
  }

  /** @returns The event that an empty line completes. */
  #readLine(line: string): StreamEvent | undefined {
    if (line === "") return this.#complete();
    const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === "event") this.#name = value;
    if (field === "data") {
      this.#data.push(value);
      this.#length += value.length;
    }
    return undefined;
  }

  #complete(): StreamEvent | undefined {
    const event = { name: this.#name || "message", data: this.#data.join("\n") };
    const isEmpty = this.#data.length === 0;
    this.#name = "";
    this.#data = [];
    this.#length = 0;
    return isEmpty ? undefined : event;
  }
}

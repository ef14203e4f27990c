// Server-sent events from the pieces of text in which they come.

/** An event of a stream. */
export interface StreamEvent {
  readonly id: string;
  readonly kind: string;
  readonly data: string;
}

/** Characters of one event; the service sends 40 KiB at most. A longer event ends the stream. */
const longestEvent = 256 * 1_024;

/** Reads events. */
export class EventParser {
  #rest = "";

  /** @returns The events that are complete now. @throws Error for an event of more than 256 Ki characters. */
  push(text: string): StreamEvent[] {
    this.#rest += text.replaceAll("\r", "");
    const blocks = this.#rest.split("\n\n");
    this.#rest = blocks.pop() ?? "";
    if (this.#rest.length > longestEvent) throw new Error("an event is too long");
    return blocks.map(eventIn).filter((event) => event !== undefined);
  }
}

function eventIn(block: string): StreamEvent | undefined {
  let [id, kind] = ["", ""];
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const [, field, value = ""] = /^(\w+):? ?(.*)$/s.exec(line) ?? [];
    if (field === "id") id = value;
    else if (field === "event") kind = value;
    else if (field === "data") data.push(value);
  }
  return data.length === 0 ? undefined : { id, kind, data: data.join("\n") };
}

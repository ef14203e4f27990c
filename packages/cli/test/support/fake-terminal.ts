// A small terminal: text, new lines, the few escapes that the display uses, wrapping and reflow.

import type { TerminalStream } from "../../src/display/live-display.ts";

/** Holds what a person would see. */
export class FakeTerminal implements TerminalStream {
  columns: number;
  readonly rows: number;
  cursorIsVisible = true;
  written = "";
  #lines: string[] = [""];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** The lines on the screen, without the empty ones at the end. */
  get shown(): string[] {
    const lines = this.#lines.map((line) => line.trimEnd());
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  write(text: string): void {
    this.written += text;
    const [plain = "", ...escapes] = text.split("\u001b[");
    this.#type(plain);
    for (const escape of escapes) {
      const [whole = "", mark, digits, final = ""] = /^(\??)(\d*)([A-Za-z])/.exec(escape) ?? [];
      this.#obey(mark === "?", Number(digits), final);
      this.#type(escape.slice(whole.length));
    }
  }

  #type(text: string): void {
    for (const character of text) this.#put(character);
  }

  /** Wraps lines that are too wide now, as terminals of today do; the cursor stays at the end. */
  resize(columns: number): void {
    this.columns = columns;
    this.#lines = this.#lines.flatMap((line) => {
      const parts: string[] = [];
      for (let at = 0; at < line.length; at += columns) parts.push(line.slice(at, at + columns));
      return parts.length === 0 ? [""] : parts;
    });
    this.#row = this.#lines.length - 1;
  }

  #put(character: string): void {
    if (character === "\r") {
      this.#column = 0;
    } else if (character === "\n") {
      this.#column = 0;
      this.#row++;
      this.#scroll();
    } else {
      const line = (this.#lines[this.#row] ?? "").padEnd(this.#column);
      this.#lines[this.#row] =
        line.slice(0, this.#column) + character + line.slice(this.#column + 1);
      this.#column++;
    }
  }

  #scroll(): void {
    while (this.#lines.length <= this.#row) this.#lines.push("");
    while (this.#lines.length > this.rows) {
      this.#lines.shift();
      this.#row--;
    }
  }

  #obey(isPrivate: boolean, count: number, final: string): void {
    if (isPrivate && count === 25) this.cursorIsVisible = final === "h";
    if (isPrivate) return;
    if (final === "A") this.#row = Math.max(0, this.#row - count);
    if (final === "K") this.#cutLine();
    if (final !== "J") return;
    this.#cutLine();
    this.#lines.length = this.#row + 1;
  }

  #cutLine(): void {
    this.#lines[this.#row] = (this.#lines[this.#row] ?? "").slice(0, this.#column);
  }
}

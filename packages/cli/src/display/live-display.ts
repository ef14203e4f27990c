// Draws frames over each other on a terminal, and always gives the cursor back.

import { columnsOf } from "./text-width.ts";

/** A terminal as Node offers it (`process.stderr` when it is one). */
export interface TerminalStream {
  readonly columns?: number;
  readonly rows?: number;
  /** Bytes that the terminal has not taken yet, where that is known. */
  readonly writableLength?: number;
  write(text: string): unknown;
}

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
/** Wraps one frame, so that a terminal that knows it shows all of it at once (others ignore it). */
const beginFrame = "\u001b[?2026h";
const endFrame = "\u001b[?2026l";
const clearBelow = "\u001b[J";
/** Bytes of frames that may wait for a terminal that is slow (docs/limits.md). */
const maxWaitingBytes = 65_536;
/** Lines left above the frame, so that what was printed last can be read. */
const printedRows = 3;
const clearLineEnd = "\u001b[K";

/**
 * Keeps a block of lines at the bottom of the terminal. Lines printed above it scroll away as usual.
 * The owner decides when to draw; `close` (any number of times) leaves the last frame and the cursor below it.
 */
export class LiveDisplay {
  readonly #terminal: TerminalStream;
  /** The frame that stands on the terminal now. */
  #shown: readonly string[] = [];
  #cursorIsHidden = false;

  constructor(terminal: TerminalStream) {
    this.#terminal = terminal;
  }

  /** Columns that a line may take: one less than there are, because a full line wraps on some terminals. */
  get columns(): number {
    return Math.max(20, (this.#terminal.columns ?? 80) - 1);
  }

  /** Lines that a frame may have: the terminal's, less the one the cursor is on and what was printed last. */
  get rows(): number {
    const rows = this.#terminal.rows ?? 24;
    return Math.max(2, rows - 1 - Math.min(printedRows, Math.floor(rows / 4)));
  }

  /** Puts a frame in the place of the one before; while the terminal takes nothing, frames are left out. */
  draw(lines: readonly string[]): void {
    if ((this.#terminal.writableLength ?? 0) > maxWaitingBytes) return;
    const hide = this.#cursorIsHidden ? "" : hideCursor;
    this.#cursorIsHidden = true;
    const top = this.#toTop();
    this.#shown = lines;
    this.#terminal.write(`${hide}${beginFrame}${top}${this.#body()}${clearBelow}${endFrame}`);
  }

  /** Prints lines that stay, above the frame, and draws the frame again below them. */
  printAbove(text: string): void {
    this.#terminal.write(`${this.#toTop()}${clearBelow}${text}\n${this.#body()}`);
  }

  /** Takes the frame off the terminal. */
  erase(): void {
    this.#terminal.write(`${this.#toTop()}${clearBelow}`);
    this.#shown = [];
  }

  /** Leaves the frame where it is: the next one is drawn where the cursor is by then. */
  forget(): void {
    this.#shown = [];
  }

  /** Gives the cursor back. The next `draw` hides it again. */
  showCursor(): void {
    if (!this.#cursorIsHidden) return;
    this.#cursorIsHidden = false;
    this.#terminal.write(showCursor);
  }

  #body(): string {
    return this.#shown.map((line) => `${line}${clearLineEnd}\n`).join("");
  }

  /**
   * The way to the first line of the frame. A terminal that has become narrower since has wrapped the
   * lines that no longer fit: they count as often as they are wide.
   */
  #toTop(): string {
    const columns = Math.max(1, this.#terminal.columns ?? 80);
    let rows = 0;
    for (const line of this.#shown) rows += Math.max(1, Math.ceil(columnsOf(line) / columns));
    return rows === 0 ? "\r" : `\u001b[${rows}A\r`;
  }
}

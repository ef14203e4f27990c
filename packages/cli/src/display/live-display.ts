import { columnsOf } from "./text-width.ts";

/** `process.stderr` on a terminal. */
export interface TerminalStream {
  readonly columns?: number;
  readonly rows?: number;
  /** Bytes not taken by the terminal yet, where known. */
  readonly writableLength?: number;
  write(text: string): unknown;
}

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
/** Shows a wrapped frame at once on terminals with synchronized output. */
const beginFrame = "\u001b[?2026h";
const endFrame = "\u001b[?2026l";
const clearBelow = "\u001b[J";
/** Bytes of frames that wait for a slow terminal; beyond them frames are skipped. */
const maxWaitingBytes = 65_536;
/** For the last printed lines above the frame. */
const printedRows = 3;
const clearLineEnd = "\u001b[K";
const usualColumns = 80;
const usualRows = 24;

/** Columns of a terminal: 80 when it has the size 0 × 0 or none. */
export function columnsOfTerminal({ columns }: { readonly columns?: number }): number {
  return columns || usualColumns;
}

/**
 * Redraws a block of lines at the bottom of the terminal; lines printed above it scroll away. The owner decides when to
 * draw; `close` (any number of times) leaves the last frame and restores the cursor below it.
 */
export class LiveDisplay {
  readonly #terminal: TerminalStream;
  #shown: readonly string[] = [];
  #cursorIsHidden = false;

  constructor(terminal: TerminalStream) {
    this.#terminal = terminal;
  }

  /** A column less: a full line wraps on some terminals. */
  get columns(): number {
    return Math.max(20, columnsOfTerminal(this.#terminal) - 1);
  }

  /** Without the cursor's line and the last printed lines. */
  get rows(): number {
    // A terminal of a job without a person has the size 0 × 0.
    const rows = this.#terminal.rows || usualRows;
    return Math.max(2, rows - 1 - Math.min(printedRows, Math.floor(rows / 4)));
  }

  /** Skips frames while the terminal takes nothing. */
  draw(lines: readonly string[]): void {
    if ((this.#terminal.writableLength ?? 0) > maxWaitingBytes) return;
    const hide = this.#cursorIsHidden ? "" : hideCursor;
    this.#cursorIsHidden = true;
    const top = this.#toTop();
    this.#shown = lines;
    this.#terminal.write(`${hide}${beginFrame}${top}${this.#body()}${clearBelow}${endFrame}`);
  }

  /** Prints permanent lines above the frame. */
  printAbove(text: string): void {
    this.#terminal.write(`${this.#toTop()}${clearBelow}${text}\n${this.#body()}`);
  }

  erase(): void {
    this.#terminal.write(`${this.#toTop()}${clearBelow}`);
    this.#shown = [];
  }

  /** Leaves the frame: the next frame starts at the cursor. */
  forget(): void {
    this.#shown = [];
  }

  /** The next `draw` hides it again. */
  showCursor(): void {
    if (!this.#cursorIsHidden) return;
    this.#cursorIsHidden = false;
    this.#terminal.write(showCursor);
  }

  #body(): string {
    return this.#shown.map((line) => `${line}${clearLineEnd}\n`).join("");
  }

  /** Moves to the first line of the frame. In a narrower terminal wide lines have wrapped. */
  #toTop(): string {
    const columns = columnsOfTerminal(this.#terminal);
    let rows = 0;
    for (const line of this.#shown) rows += Math.max(1, Math.ceil(columnsOf(line) / columns));
    return rows === 0 ? "\r" : `\u001b[${rows}A\r`;
  }
}

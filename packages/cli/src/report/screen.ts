import type { FrameSize } from "../display/frame.ts";
import { LiveDisplay } from "../display/live-display.ts";
import type { LineWriter } from "../output/line-writer.ts";
import type { Output, Environment } from "../environment.ts";

/** Shows progress, and lines that stay: on a redrawn block, every few seconds, or not at all. */
export interface Screen {
  /** Prints a permanent line on stderr. */
  print(line: string): void;
  /** `write` prints on stdout, which may be the same terminal. */
  writeBeside(write: () => void): void;
  close(): void;
}

/** People can tell five frames a second apart. */
const framePeriodMs = 200;
const plainPeriodMs = 5_000;

/** The live display. */
export class LiveScreen implements Screen {
  readonly #display: LiveDisplay;
  readonly #render: (size: FrameSize) => readonly string[];
  readonly #owned = new DisposableStack();

  /** @param render The frame of the moment. */
  constructor(
    terminal: Output,
    render: (size: FrameSize) => readonly string[],
    environment: Environment,
  ) {
    this.#display = new LiveDisplay(terminal);
    this.#render = render;
    this.#owned.use(environment.every(framePeriodMs, () => this.#draw()));
    this.#owned.use(environment.atExit(() => this.#display.showCursor()));
    this.#owned.use(
      environment.beforeSuspension(() => {
        // Starts after the shell's output.
        this.#display.forget();
        this.#display.showCursor();
      }),
    );
  }

  print(line: string): void {
    this.#display.printAbove(line);
  }

  writeBeside(write: () => void): void {
    this.#display.erase();
    write();
    this.#draw();
  }

  close(): void {
    if (this.#owned.disposed) return;
    this.#owned.dispose();
    this.#display.erase();
    this.#display.showCursor();
  }

  #draw(): void {
    const { columns, rows } = this.#display;
    this.#display.draw(this.#render({ columns, rows }));
  }
}

/** Lines every few seconds. */
export class PlainScreen implements Screen {
  readonly #writer: LineWriter;
  readonly #clock: Disposable;

  /** @param lines The lines of the moment. */
  constructor(writer: LineWriter, lines: () => readonly string[], environment: Environment) {
    this.#writer = writer;
    this.#clock = environment.every(plainPeriodMs, () => {
      for (const line of lines()) this.#writer.write(line, "spare");
    });
  }

  print(line: string): void {
    this.#writer.write(line, "keep");
  }

  writeBeside(write: () => void): void {
    write();
  }

  close(): void {
    this.#clock[Symbol.dispose]();
  }
}

// Shows a load test while it goes on.

import { LiveDisplay } from "../../display/live-display.ts";
import { renderLoadFrame } from "../../display/load-test/load-frame.ts";
import type { LoadView } from "../../display/load-test/load-view.ts";
import { plainLoadLine } from "../../display/load-test/plain-load-line.ts";
import { paint, type Style } from "../../display/style.ts";
import { cutToFit } from "../../display/text-width.ts";
import type { Environment, Output } from "../../environment.ts";
import type { LineWriter } from "../../output/line-writer.ts";

/** A place for the progress of a load test, and for lines that stay. */
export interface LoadScreen extends Disposable {
  print(line: string): void;
}

/** The view of the moment; undefined before the run begins. */
type ViewNow = () => LoadView | undefined;

/** The memory of a target is measured for five seconds before the first connect. */
const preparing = "preparing: targets, load generators, the memory of targets before the load";
const framePeriodMs = 200;
const plainPeriodMs = 5_000;

/** The live display on a terminal. */
export class LiveLoadScreen implements LoadScreen {
  readonly #display: LiveDisplay;
  readonly #view: ViewNow;
  readonly #style: Style;
  readonly #owned = new DisposableStack();

  constructor(terminal: Output, view: ViewNow, style: Style, environment: Environment) {
    this.#display = new LiveDisplay(terminal);
    this.#view = view;
    this.#style = style;
    this.#owned.use(environment.every(framePeriodMs, () => this.#draw()));
    this.#owned.use(environment.atExit(() => this.#display.showCursor()));
    this.#owned.use(
      environment.beforeSuspension(() => {
        this.#display.forget();
        this.#display.showCursor();
      }),
    );
  }

  print(line: string): void {
    this.#display.printAbove(line);
  }

  [Symbol.dispose](): void {
    if (this.#owned.disposed) return;
    this.#owned.dispose();
    this.#display.erase();
    this.#display.showCursor();
  }

  #draw(): void {
    const view = this.#view();
    const { columns, rows } = this.#display;
    this.#display.draw(
      view === undefined
        ? [paint(this.#style, "dim", cutToFit(preparing, columns))]
        : renderLoadFrame(view, { columns, rows }, this.#style),
    );
  }
}

/** A line every few seconds. */
export class PlainLoadScreen implements LoadScreen {
  readonly #writer: LineWriter;
  readonly #clock: Disposable;

  constructor(writer: LineWriter, view: ViewNow, environment: Environment) {
    this.#writer = writer;
    this.#clock = environment.every(plainPeriodMs, () => {
      const now = view();
      if (now !== undefined) writer.write(`troupe: ${plainLoadLine(now)}`, "spare");
    });
  }

  print(line: string): void {
    this.#writer.write(line, "keep");
  }

  [Symbol.dispose](): void {
    this.#clock[Symbol.dispose]();
  }
}

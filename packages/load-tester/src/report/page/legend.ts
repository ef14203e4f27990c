// The legend of a plot: a button for each line, with the value under the cursor.

import type uPlotClass from "uplot";
import { element } from "./elements.ts";
import { formatClock } from "./format.ts";
import type { PlotSpec } from "./plot-spec.ts";
import type { Line } from "./series.ts";
import { colourOf } from "./theme.ts";

/** Buttons that show and hide lines. */
export class Legend {
  readonly root: HTMLElement;
  readonly #spec: PlotSpec;
  readonly #rows: readonly {
    readonly line: Line;
    readonly value: HTMLElement;
    readonly swatch: HTMLCanvasElement;
  }[];
  readonly #time: HTMLElement = element("span", { class: "time" });

  constructor(spec: PlotSpec, toggle: (line: Line) => boolean) {
    this.#spec = spec;
    this.#rows = spec.lines
      .filter(({ label }) => label !== "")
      .map((line) => {
        const value = element("span", { class: "value" }, line.note);
        const swatch = element("canvas", { width: "44", height: "20", "aria-hidden": "true" });
        return { line, value, swatch };
      });
    const buttons = this.#rows.map(({ line, value, swatch }) => {
      const pressed = line.isHidden === true ? "false" : "true";
      const button = element(
        "button",
        { type: "button", "aria-pressed": pressed },
        swatch,
        element("span", {}, line.label),
        value,
      );
      button.addEventListener("click", () =>
        button.setAttribute("aria-pressed", String(toggle(line))),
      );
      return button;
    });
    this.root = element("div", { class: "legend" }, ...buttons, spec.underlay?.key, this.#time);
  }

  /** Draws the samples of the lines. */
  paint(): void {
    for (const { line, swatch } of this.#rows) {
      const context = swatch.getContext("2d");
      if (context === null) continue;
      context.clearRect(0, 0, 44, 20);
      const colour = colourOf(line.style.colour);
      if (this.#spec.isStacked === true) {
        context.fillStyle = colour;
        context.fillRect(10, 0, 24, 20);
        continue;
      }
      context.strokeStyle = colour;
      context.lineWidth = 2 * line.style.width;
      context.setLineDash(line.style.dash.map((length) => 2 * length));
      context.beginPath();
      context.moveTo(0, 10);
      context.lineTo(44, 10);
      context.stroke();
    }
  }

  /** Shows the values at the cursor; without a cursor the notes. */
  show(plot: uPlotClass, shown: readonly Line[]): void {
    const at = plot.cursor.idx;
    const time = at === null || at === undefined ? undefined : plot.data[0][at];
    const { underlay, format, x } = this.#spec;
    this.#time.textContent = time === undefined ? "" : `at ${(x?.format ?? formatClock)(time)}`;
    for (const { line, value } of this.#rows) {
      const found = time === undefined ? -1 : line.x.indexOf(time);
      const number = found < 0 ? null : (line.y[found] ?? null);
      value.textContent =
        time === undefined || !shown.includes(line)
          ? line.note
          : number === null
            ? "–"
            : format(number);
    }
    const top = plot.cursor.top ?? -1;
    if (underlay !== undefined && time !== undefined && top >= 0) {
      this.#time.textContent += `: ${underlay.textAt(time, plot.posToVal(top, "y"))}`;
    }
  }
}

// The shape of a plot.

import type uPlotClass from "uplot";
import type { Child } from "./elements.ts";
import type { Format } from "./format.ts";
import type { Line } from "./series.ts";

/** A part of the run that is shaded. */
export interface Band {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
  /** Of the warm-up: grey. */
  readonly isGrey: boolean;
}

/** A plot. */
export interface PlotSpec {
  readonly title: string;
  /** A sentence for those who do not see the plot. */
  readonly summary: string;
  readonly marks?: readonly Child[];
  readonly lines: readonly Line[];
  readonly format: Format;
  readonly height: number;
  readonly isLog?: boolean;
  /** Areas over each other: the first line at the bottom. */
  readonly isStacked?: boolean;
  readonly bands?: readonly Band[];
  /** Of the horizontal axis; without it seconds of the run. */
  readonly x?: XAxis;
  /** The vertical axis reaches at least so far. */
  readonly atLeast?: number;
  /** Draws beneath the lines; the legend shows the text of what is under the cursor. */
  readonly underlay?: Underlay;
}

/** A horizontal axis that is no time. */
export interface XAxis {
  readonly label: string;
  readonly format: Format;
  readonly splits: (most: number) => number[];
}

/** Something drawn beneath the lines. */
export interface Underlay {
  readonly draw: (plot: uPlotClass) => void;
  readonly range: readonly [number, number];
  readonly textAt: (x: number, y: number) => string;
  readonly key: HTMLElement;
  readonly table: () => HTMLElement;
}

// Colours of plots, read from the styles, so that light, dark and print agree with the page.

import { element } from "./elements.ts";

/** Lines of plots that are told apart by colour and dash alike. */
export interface LineStyle {
  /** Name of a custom property of the styles. */
  readonly colour: string;
  readonly dash: readonly number[];
  readonly width: number;
}

const seriesColours = 6;
const dashes: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [10, 3, 2, 3]];

/** The style of the series with this number: six colours, then again with another dash. */
export function lineStyle(index: number): LineStyle {
  const dash = dashes[Math.floor(index / seriesColours) % dashes.length] ?? [];
  return { colour: `--series-${(index % seriesColours) + 1}`, dash, width: 2 };
}

/** The style of a compared run: a colour a side, a dash a run. */
export function runStyle({ isB, number }: { isB: boolean; number: number }): LineStyle {
  return {
    colour: isB ? "--series-2" : "--series-1",
    dash: dashes[number % dashes.length] ?? [],
    width: 2,
  };
}

const probe = document.body.appendChild(element("i", { hidden: "" }));

/** The colour behind a custom property, now: light or dark. */
export function colourOf(property: string): string {
  probe.style.color = `var(${property})`;
  return getComputedStyle(probe).color;
}

/** Calls back when the colours change: dark or light, and before and after printing, which is light. */
export function onTheme(redraw: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  for (const [event, theme] of [
    ["beforeprint", "light"],
    ["afterprint", ""],
  ] as const) {
    addEventListener(event, () => {
      document.documentElement.dataset["theme"] = theme;
      redraw();
    });
  }
}

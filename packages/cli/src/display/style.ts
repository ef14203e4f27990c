import { styleText } from "node:util";
import { cutToFit } from "./text-width.ts";

/** A colour or weight of the display. */
export type Paint = "bold" | "dim" | "green" | "yellow" | "red" | "cyan";

/** A line and its colour. */
export interface PaintedLine {
  /** Clean. */
  readonly text: string;
  readonly colour: Paint;
}

/** Characters and colours of a terminal. */
export interface Style {
  readonly usesUnicode: boolean;
  readonly usesColour: boolean;
}

/** ASCII without escapes: for files and pipes. */
export const plainStyle: Style = { usesUnicode: false, usesColour: false };

/**
 * Reads a terminal's style from the environment: UTF-8 locales get block characters and arrows.
 *
 * @param hasColours From the stream, where Node honours NO_COLOR, FORCE_COLOR and TERM.
 */
export function styleFor(
  variables: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  hasColours: boolean,
): Style {
  const locale = variables["LC_ALL"] || variables["LC_CTYPE"] || variables["LANG"] || "";
  return {
    usesUnicode: platform === "win32" || /utf-?8/i.test(locale),
    usesColour: hasColours,
  };
}

/** Unchanged without colours. Cut the text to fit first. */
export function paint(style: Style, colour: Paint, text: string): string {
  return style.usesColour && text !== ""
    ? styleText(colour, text, { validateStream: false })
    : text;
}

/** The line in its colour, cut to fit. */
export function paintLine(style: Style, { text, colour }: PaintedLine, columns: number): string {
  return paint(style, colour, cutToFit(text, columns));
}

/** A bar of exactly `columns` columns. @param share From 0 to 1; full only at 1. */
export function progressBar(style: Style, columns: number, share: number, colour: Paint): string {
  const filled = share >= 1 ? columns : Math.min(Math.floor(columns * share), columns - 1);
  const done = (style.usesUnicode ? "█" : "#").repeat(Math.max(0, filled));
  const open = (style.usesUnicode ? "░" : "-").repeat(Math.max(0, columns - filled));
  return paint(style, colour, done) + paint(style, "dim", open);
}

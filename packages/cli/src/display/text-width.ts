// How many columns a text takes, and texts made to fit. Texts are clean: no control characters, no colours.

import stringWidth from "string-width";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Columns on a terminal: 2 for wide characters, 0 for marks that join the one before. */
export function columnsOf(text: string): number {
  return stringWidth(text);
}

/** The text in at most `columns` columns; what does not fit ends in an ellipsis. Never cuts a character. */
export function cutToFit(text: string, columns: number): string {
  if (columns <= 0) return "";
  if (stringWidth(text) <= columns) return text;
  let kept = "";
  let room = columns - 1;
  for (const { segment } of graphemes.segment(text)) {
    room -= stringWidth(segment);
    if (room < 0) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Cut or filled with spaces to exactly `columns` columns. */
export function fillTo(text: string, columns: number): string {
  const fitted = cutToFit(text, columns);
  return fitted + " ".repeat(Math.max(0, columns - stringWidth(fitted)));
}

/** `left` and `right` at the two ends of a line; `left` gives way when both do not fit. */
export function spread(left: string, right: string, columns: number): string {
  const fittedRight = cutToFit(right, columns);
  const room = columns - stringWidth(fittedRight) - 1;
  if (room <= 0) return fittedRight;
  return `${fillTo(left, room)} ${fittedRight}`;
}

// Numbers as characters, so that ten minutes of a busy run fit into a small file. Two characters a number, on a
// logarithmic scale: within 0.2 %, and exact up to 250. One character a level of a heat map.

/** Printable ASCII without the characters that mean something in HTML or in JSON: " & < > \ */
export const alphabet: string = Array.from({ length: 94 }, (_, index) =>
  String.fromCharCode(33 + index),
)
  .filter((character) => !'"&<>\\'.includes(character))
  .join("");

const base = alphabet.length;
/** Codes 0 and 1 are "nothing" and 0; the others are powers. */
const firstPower = 2;
/** Between neighbouring codes. The greatest number is 10^13. */
const logStep = (13 * Math.LN10) / (base * base - 1 - firstPower);
/** Steps of a heat map in which a count doubles. */
const levelsPerDoubling = 4;

/** Numbers as text; undefined where there is none, and at the end of the text no "nothing" is kept. */
export function encodeSeries(values: readonly (number | undefined)[]): string {
  const last = values.findLastIndex((value) => value !== undefined);
  return values
    .slice(0, last + 1)
    .map((value) => {
      const code = codeOf(value);
      return alphabet.charAt(Math.floor(code / base)) + alphabet.charAt(code % base);
    })
    .join("");
}

function codeOf(value: number | undefined): number {
  if (value === undefined || !Number.isFinite(value)) return 0;
  if (value < 0.5) return 1;
  const power = Math.round(Math.log(Math.max(value, 1)) / logStep);
  return Math.min(firstPower + power, base * base - 1);
}

/** The level of a count in a heat map: 0 for none, 1 for one, and four more each time that it doubles. */
export function levelOf(count: number): number {
  if (count < 1) return 0;
  return Math.min(1 + Math.round(levelsPerDoubling * Math.log2(count)), base - 1);
}

/** Levels as text: a character each; a run of empty cells is the first character and one for its length. */
export function encodeLevels(levels: readonly number[]): string {
  let text = "";
  for (let at = 0; at < levels.length;) {
    const level = levels[at] ?? 0;
    let length = 1;
    if (level === 0) {
      while (length < base - 1 && levels[at + length] === 0) length += 1;
      text += alphabet.charAt(0) + alphabet.charAt(length);
    } else text += alphabet.charAt(level);
    at += length;
  }
  return text;
}

// Numbers as characters, so that ten minutes of a busy run fit into a small file. Two characters a number, on a
// logarithmic scale: within 0.2 %, and exact up to 250.

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

// Reads the texts of series (data/codes.ts writes them).

const digitsOfCodes = Array.from({ length: 94 }, (_, index) =>
  String.fromCharCode(33 + index),
).filter((character) => !'"&<>\\'.includes(character));
const digitOf = new Map(digitsOfCodes.map((character, index) => [character, index]));
const baseOfCodes = digitsOfCodes.length;
const logStepOfCodes = (13 * Math.LN10) / (baseOfCodes * baseOfCodes - 3);

/** Numbers of a series, null where there is none; `count` long. */
export function decodeSeries(text: string, count: number): (number | null)[] {
  return Array.from({ length: count }, (_, index) => numberAt(text, 2 * index));
}

function numberAt(text: string, at: number): number | null {
  const code =
    (digitOf.get(text.charAt(at)) ?? 0) * baseOfCodes + (digitOf.get(text.charAt(at + 1)) ?? 0);
  if (code < 2) return code === 0 ? null : 0;
  const value = Math.exp((code - 2) * logStepOfCodes);
  return value < 256 ? Math.round(value) : value;
}

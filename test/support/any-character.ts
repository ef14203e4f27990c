import fc from "fast-check";

const surrogates = { first: 0xd800, count: 0x800 };
const lastPoint = 0x10ffff;

/**
 * Any character of Unicode, for `unit` of `fc.string`. The characters are those of the unit `binary`, whose table of all
 * of them takes a second and 90 MB.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .nat(lastPoint - surrogates.count)
  .map(characterAt, placeOf);

function characterAt(place: number): string {
  return String.fromCodePoint(place < surrogates.first ? place : place + surrogates.count);
}

/** @throws for a text that is no single character: `fc.string` tries others. */
function placeOf(text: unknown): number {
  const point = typeof text === "string" ? text.codePointAt(0) : undefined;
  if (point === undefined || text !== String.fromCodePoint(point)) throw new Error("no character");
  return point < surrogates.first ? point : point - surrogates.count;
}

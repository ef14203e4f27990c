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

const urlCharacter = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.stringMatching(/^[a-z0-9._~!$&'()*+,;=:@-]$/),
  },
  { weight: 1, arbitrary: anyCharacter.map(encodeURIComponent) },
);
const segment = fc.string({ unit: urlCharacter });

/** Any URL of these schemes, as `fc.webUrl`, which makes the table that {@link anyCharacter} avoids. */
export function anyUrl({
  schemes = ["http", "https"],
  hasQuery = false,
}: {
  readonly schemes?: readonly string[];
  readonly hasQuery?: boolean;
} = {}): fc.Arbitrary<string> {
  const path = fc.array(segment).map((segments) => segments.map((text) => `/${text}`).join(""));
  const query = hasQuery ? fc.option(segment) : fc.constant(null);
  return fc
    .tuple(fc.constantFrom(...schemes), fc.webAuthority(), path, query)
    .map(([scheme, host, names, text]) =>
      text === null ? `${scheme}://${host}${names}` : `${scheme}://${host}${names}?${text}`,
    );
}

// Cleans text from outside for terminals, logs and error sentences.

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * @param text Text, or bytes decoded as UTF-8 with U+FFFD for invalid bytes.
 * @param maxLength UTF-16 code units of the result; no character is cut in two.
 * @returns A single line: line breaks and tabs become spaces; other control characters, direction marks and
 *   zero-width characters are dropped; ends are trimmed.
 */
export function cleanText(text: string | Uint8Array, maxLength: number): string {
  // A character takes at most 4 bytes, and dropped characters may come first: the factor bounds the work, not the
  // result.
  const source = typeof text === "string" ? text : decoder.decode(text.subarray(0, 8 * maxLength));
  let cleaned = "";
  for (const character of source) {
    const codePoint = character.codePointAt(0) ?? 0;
    const shown = isSpaceLike(codePoint) ? " " : isHiddenCharacter(codePoint) ? "" : character;
    if (cleaned.length + shown.length > maxLength) break;
    if (shown !== " " || cleaned !== "") cleaned += shown;
  }
  return cleaned.trimEnd();
}

/** @returns Whether a control character: C0, DEL, C1, or a line or paragraph separator. */
export function isControlCharacter(codePoint: number): boolean {
  return (
    codePoint < 0x20 ||
    (codePoint >= 0x7f && codePoint < 0xa0) ||
    codePoint === 0x2028 ||
    codePoint === 0x2029
  );
}

/**
 * @returns Whether a character changes the direction of text or has no width: bidirectional marks and overrides,
 *   joiners, the byte order mark, soft hyphen, tags, interlinear marks.
 */
export function isInvisibleCharacter(codePoint: number): boolean {
  return (
    codePoint === 0xad ||
    codePoint === 0x61c ||
    codePoint === 0x180e ||
    (codePoint >= 0x200b && codePoint <= 0x200f) ||
    (codePoint >= 0x202a && codePoint <= 0x202e) ||
    (codePoint >= 0x2060 && codePoint <= 0x206f) ||
    codePoint === 0xfeff ||
    (codePoint >= 0xfff9 && codePoint <= 0xfffb) ||
    (codePoint >= 0xe0000 && codePoint <= 0xe007f)
  );
}

function isHiddenCharacter(codePoint: number): boolean {
  return (
    isControlCharacter(codePoint) ||
    isInvisibleCharacter(codePoint) ||
    (codePoint >= 0xd800 && codePoint <= 0xdfff)
  );
}

function isSpaceLike(codePoint: number): boolean {
  return (codePoint >= 0x09 && codePoint <= 0x0d) || codePoint === 0x2028 || codePoint === 0x2029;
}

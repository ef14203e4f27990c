const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Cleans text from outside for terminals, logs and errors.
 * @param text Bytes are decoded as UTF-8 with U+FFFD where invalid.
 * @param maxLength UTF-16 code units; no character is cut.
 * @returns A trimmed line: line breaks and tabs become spaces; other control characters, direction marks and zero-width
 *   characters are dropped.
 */
export function cleanText(text: string | Uint8Array, maxLength: number): string {
  // A character takes at most 4 bytes, and dropped characters may come first: only bounds the work.
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

/** A reason from outside for the end of a sentence: {@link cleanText} without its full stop. */
export function cleanReason(text: string | Uint8Array, maxLength: number): string {
  return cleanText(text, maxLength).replace(/(?<!\.)\.$/, "");
}

/** The text of an error of foreign code, as {@link cleanText} gives it. */
export function errorText(error: unknown, maxLength: number): string {
  try {
    return cleanText(String(error), maxLength);
  } catch {
    return "an error without a text";
  }
}

/** @returns True for C0, DEL, C1, and line and paragraph separators. */
export function isControlCharacter(codePoint: number): boolean {
  return /[\p{Cc}\u2028\u2029]/u.test(String.fromCodePoint(codePoint));
}

const invisible =
  /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

/**
 * @returns True for bidirectional marks and overrides, joiners, the byte order mark, soft hyphen, tags, interlinear
 *   marks.
 */
export function isInvisibleCharacter(codePoint: number): boolean {
  return invisible.test(String.fromCodePoint(codePoint));
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

// Bytes in the query of a URL (RFC 3986, section 2.1). Not `encodeURIComponent`: an info-hash is not text.

const hexDigits = "0123456789ABCDEF";

/** @returns `bytes` with all but letters, digits and `-._~` as `%XX`. */
export function percentEncode(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    text += isUnreserved(byte)
      ? String.fromCharCode(byte)
      : `%${hexDigits.charAt(byte >> 4)}${hexDigits.charAt(byte & 15)}`;
  }
  return text;
}

/**
 * @param text `+` stands for a space. Other characters up to U+00FF stand for themselves, as some clients do not
 *   encode them.
 * @returns The bytes; undefined for a `%` without two hexadecimal digits, or a character beyond a byte.
 */
export function percentDecode(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    let byte = text.charCodeAt(i);
    if (byte === 0x25) {
      const high = hexValue(text.charCodeAt(i + 1));
      const low = hexValue(text.charCodeAt(i + 2));
      if (high === undefined || low === undefined) return undefined;
      byte = high * 16 + low;
      i += 2;
    } else if (byte === 0x2b) {
      byte = 0x20;
    }
    if (byte > 0xff) return undefined;
    bytes[count++] = byte;
  }
  return bytes.slice(0, count);
}

function isUnreserved(byte: number): boolean {
  const lower = byte | 0x20;
  return (
    (lower >= 0x61 && lower <= 0x7a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x5f ||
    byte === 0x7e
  );
}

function hexValue(code: number): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : undefined;
}

// Bytes in a URL's query (RFC 3986, section 2.1). Not `encodeURIComponent`: an info-hash is not text.

import { parseDigits } from "../address/ip-address.ts";

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
 * @param text `+` is a space. Other characters up to U+00FF are themselves, because some clients do not encode them.
 * @returns The bytes; undefined for a `%` without two hexadecimal digits, or a character beyond a byte.
 */
export function percentDecode(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    let byte = text.charCodeAt(i);
    if (byte === 0x25) {
      const digits = text.slice(i + 1, i + 3);
      const value = parseDigits(digits, 16, 2);
      if (value === undefined || digits.length < 2) return undefined;
      byte = value;
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

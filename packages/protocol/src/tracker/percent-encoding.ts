// Bytes in a URL's query (RFC 3986, section 2.1). Not `encodeURIComponent`: an info-hash is not text.

import { parseDigits } from "../address/ip-address.ts";

/** @returns `bytes` with all but letters, digits and `-._~` as `%XX`. */
export function percentEncode(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    const escaped = `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    text += /[\w.~-]/.test(character) ? character : escaped;
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

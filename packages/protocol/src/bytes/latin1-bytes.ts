/**
 * @param text Characters of Latin-1, a byte each. OpenSSL gives a digest as such a text in a quarter of the time of a buffer.
 * @returns Its bytes.
 */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

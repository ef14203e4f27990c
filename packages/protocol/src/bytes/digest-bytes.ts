/** @param digest A digest as a text of Latin-1: OpenSSL gives it in a quarter of the time of a buffer. @returns Its bytes. */
export function digestBytes(digest: string): Uint8Array {
  const bytes = new Uint8Array(digest.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = digest.charCodeAt(at);
  return bytes;
}

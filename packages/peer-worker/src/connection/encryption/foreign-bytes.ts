// First bytes of programs that speak something else. A public key is random: one in four billion begins so.

const beginnings = [
  ...["GET ", "HEAD", "POST", "PUT ", "OPTIONS", "CONNECT", "SSH-", "\x13Bit"],
  ...["\x16\x03\x00", "\x16\x03\x01", "\x16\x03\x02", "\x16\x03\x03"],
].map((text) => Buffer.from(text, "latin1"));

/** @returns Whether the bytes are those of HTTP, TLS, SSH, or of a handshake that is plain; false for too few. */
export function areForeign(bytes: Uint8Array): boolean {
  return beginnings.some((beginning) => startsWith(bytes, beginning));
}

function startsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  return bytes.length >= beginning.length && beginning.every((byte, at) => byte === bytes[at]);
}

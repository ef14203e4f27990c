// Code with a secret, for the test of the fuzzer: each byte is a branch of its own.

/** Whether the bytes begin with "zap!". */
export function magicIn(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x7a) return false;
  if (bytes[1] !== 0x61) return false;
  if (bytes[2] !== 0x70) return false;
  return bytes[3] === 0x21;
}

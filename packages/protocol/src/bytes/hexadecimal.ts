/** @returns Two lower-case digits a byte. */
export function hexadecimal(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

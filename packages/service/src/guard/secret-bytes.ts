/**
 * Compares secrets in a time that does not depend on their content.
 * @returns Whether the arrays are equal; arrays of two lengths are not, at once.
 */
export function areEqualSecrets(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (const [at, byte] of one.entries()) difference |= byte ^ (other[at] ?? 0);
  return difference === 0;
}

/** Bytes as text for headers, cookies and files: base64url without padding. */
export function secretText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

/** @returns The bytes of base64url text in its only spelling; undefined for other text. */
export function readSecretText(text: string): Uint8Array | undefined {
  const bytes = Uint8Array.from(Buffer.from(text, "base64url"));
  return secretText(bytes) === text ? bytes : undefined;
}

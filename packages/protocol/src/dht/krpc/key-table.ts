/** Short byte strings, and a number for each. */
export class KeyTable<Value extends number> {
  readonly #byLength: { readonly bytes: Uint8Array; readonly value: Value }[][] = [];

  /** @param values By key, in ASCII, not empty. */
  constructor(values: Readonly<Record<string, Value>>) {
    for (const [key, value] of Object.entries(values)) {
      const bytes = new Uint8Array(Buffer.from(key));
      (this.#byLength[key.length] ??= []).push({ bytes, value });
    }
  }

  /** @returns The number of the key in `bytes[start … end)`, or −1. */
  find(bytes: Uint8Array, start: number, end: number): Value | -1 {
    const candidates = this.#byLength[end - start];
    if (candidates === undefined) return -1;
    const first = bytes[start];
    for (const { bytes: key, value } of candidates) {
      if (key[0] === first && endsAlike(bytes, start, key)) return value;
    }
    return -1;
  }
}

/** Compares all bytes but the first. */
function endsAlike(bytes: Uint8Array, start: number, key: Uint8Array): boolean {
  for (let i = 1; i < key.length; i++) if (bytes[start + i] !== key[i]) return false;
  return true;
}

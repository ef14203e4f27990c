// The calls of Node's `Buffer` that the code of @troupe/protocol makes in the page: a browser has none. The bundle puts them in
// place of the name (scripts/page-bundle.ts).

const encoder = new TextEncoder();

/** Stands for Node's `Buffer`. */
export const Buffer = {
  /** Takes bytes alone, and gives their hexadecimal text. */
  from: (bytes: Uint8Array): { readonly toString: (encoding: "hex") => string } => ({
    toString: () => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""),
  }),
  /** Bytes of a text in UTF-8. */
  byteLength: (text: string): number => encoder.encode(text).length,
  /** -1, 0 or 1. */
  compare: (one: Uint8Array, other: Uint8Array): number => {
    for (let at = 0; at < Math.min(one.length, other.length); at++) {
      const difference = (one[at] ?? 0) - (other[at] ?? 0);
      if (difference !== 0) return Math.sign(difference);
    }
    return Math.sign(one.length - other.length);
  },
};

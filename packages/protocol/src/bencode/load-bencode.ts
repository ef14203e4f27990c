/// <reference path="./bencode-library.d.ts" />
// Loads the encoding library, on first use and only in threads that encode: with its dependencies it costs 15 ms and
// 11 MB. In a bundled thread (scripts/make-bundle.ts) it is part of the bundle and costs nothing.

import type { BencodeLibrary } from "bencode";

let loaded: BencodeLibrary | undefined;

/** Loads the library on first use. */
export function bencodeLibrary(): BencodeLibrary {
  if (loaded !== undefined) return loaded;
  // An import cannot wait for the first use.
  const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);
  const path = process.getBuiltinModule("node:url").fileURLToPath(import.meta.resolve("bencode"));
  loaded = (require(path) as { readonly default: BencodeLibrary }).default;
  return loaded;
}

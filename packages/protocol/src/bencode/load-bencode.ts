/// <reference path="./bencode-library.d.ts" />
// The library that encodes, loaded by the threads that do, when they do: with what it brings along it costs 15 ms and
// 11 MB. Where the modules of a thread are joined into one (scripts/make-bundle.ts), so is this one's, and costs nothing.

import type { BencodeLibrary } from "bencode";

let loaded: BencodeLibrary | undefined;

/** The library itself. */
export function bencodeLibrary(): BencodeLibrary {
  if (loaded !== undefined) return loaded;
  // It allows itself to be imported only, and an import cannot wait for the first use.
  const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);
  const path = process.getBuiltinModule("node:url").fileURLToPath(import.meta.resolve("bencode"));
  loaded = (require(path) as { readonly default: BencodeLibrary }).default;
  return loaded;
}

// Stores that break their promise, as modules around the store that is tried.

import { neverReturns } from "./modules.ts";
import { exampleStore, userModule } from "./tried-stores.ts";

/** The whole store, as a URL. */
export const wholeStore: string = userModule ?? exampleStore("memory-store");

/** A module around the tried store, whose parts `code` replaces. */
const around = (code: string): string => `
  import make from ${JSON.stringify(wholeStore)};
  const never = new Promise(() => {});
  export default async (facts) => {
    const store = await make(facts);
    const read = (...call) => store.read(...call);
    const write = (...call) => store.write(...call);
    const close = () => store.close?.();
    ${code}
  };`;

/** Breaks outside of a call, after its first write has begun. */
const soon = (code: string): string =>
  around(`return {
    read,
    write(...call) { setImmediate(() => { ${code} }); return write(...call); },
    close,
  };`);

/** Text of a module, the words of its title ("a store that …"), and the code of its torrent. */
export type BrokenStore = readonly [title: string, code: string, text: string];

export const brokenStores: readonly BrokenStore[] = [
  ["has a wrong syntax", "store-not-loaded", "export default {{{"],
  ["has no default export", "store-not-loaded", "export const store = 1;"],
  ["throws when it is made", "store-not-loaded", around("throw new RangeError('no');")],
  ["has no method `read`", "store-not-loaded", around("return { write, close };")],
  ["has no method `write`", "store-read-only", around("return { read, close };")],
  ["throws in a read", "store-failed", around("return { read() { throw 1; }, write, close };")],
  [
    "rejects a write",
    "store-failed",
    around("return { read, write: async () => { throw 1; }, close };"),
  ],
  [
    "answers a write with nothing",
    "store-wrong-answer",
    around("return { read, async write(...call) { await write(...call); }, close };"),
  ],
  [
    "reads more than was asked for",
    "store-wrong-answer",
    around("return { async read(...call) { return 1 + (await read(...call)); }, write, close };"),
  ],
  [
    "writes a part of the bytes",
    "store-short-write",
    around("return { read, write: (at, bytes) => write(at, bytes.slice(1)), close };"),
  ],
  [
    "reads a part of what was written",
    "store-short-read",
    around("return { async read(...call) { return (await read(...call)) - 1; }, write, close };"),
  ],
  [
    "gives a wrong byte back",
    "store-wrong-bytes",
    around(`return {
      async read(at, bytes) { const count = await read(at, bytes); bytes[0] ^= 1; return count; },
      write,
      close,
    };`),
  ],
  [
    "never answers a write",
    "store-not-answering",
    around("return { read, write: () => never, close };"),
  ],
  [
    "never returns from a write",
    "store-not-answering",
    around(`return { read, write() { ${neverReturns} }, close };`),
  ],
  ["throws in a timer", "store-crashed", soon("throw 1;")],
  ["has a promise that rejects", "store-crashed", soon("Promise.reject(1);")],
  ["ends its thread in a timer", "store-crashed", soon("process.exit();")],
];

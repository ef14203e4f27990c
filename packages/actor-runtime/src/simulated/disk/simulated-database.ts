import type { DiskDatabase } from "../../ports/database.ts";

/** The content of the file of a database. */
export class DatabaseContent {
  readonly values = new Map<string, Uint8Array>();
  readonly sums = new Map<string, number>();
  /** The number of the last addition of each adder. */
  readonly adders = new Map<string, number>();
}

/**
 * A database whose commits survive every crash.
 * @param begin Called before each call; its error fails the call.
 */
export function simulatedDatabase(
  { adders, sums, values }: DatabaseContent,
  begin: (operation: "get" | "all" | "commit" | "add" | "sums", lengthBytes: number) => void,
): DiskDatabase {
  return {
    get(name) {
      begin("get", 0);
      return values.get(name)?.slice();
    },
    all(prefix = "") {
      begin("all", 0);
      const found = [...values].filter(([name]) => name.startsWith(prefix));
      return found.map(([name, value]) => ({ name, value: value.slice() }));
    },
    commit(changes) {
      let lengthBytes = 0;
      for (const value of changes.values()) lengthBytes += value?.byteLength ?? 0;
      begin("commit", lengthBytes);
      for (const [name, value] of changes) {
        if (value === undefined) values.delete(name);
        else values.set(name, value.slice());
      }
    },
    add(amounts, { adder, sequence }) {
      begin("add", 0);
      if ((adders.get(adder) ?? 0) >= sequence) return;
      adders.set(adder, sequence);
      for (const [name, amount] of amounts) sums.set(name, (sums.get(name) ?? 0) + amount);
    },
    sums() {
      begin("sums", 0);
      return new Map(sums);
    },
    close() {},
  };
}

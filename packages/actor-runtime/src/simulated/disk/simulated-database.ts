import type { DiskDatabase } from "../../ports/database.ts";

/**
 * A database whose commits survive every crash.
 * @param values Content of its file.
 * @param begin Called before each call; its error fails the call.
 */
export function simulatedDatabase(
  values: Map<string, Uint8Array>,
  begin: (operation: "get" | "all" | "commit", lengthBytes: number) => void,
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
    close() {},
  };
}

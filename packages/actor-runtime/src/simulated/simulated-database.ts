// A database on a simulated disk: what was committed is there, whatever happens to the machine.

import type { DiskDatabase } from "../ports/database.ts";

/**
 * @param values What is in its file.
 * @param begin Told before each call; what it throws is the call's error.
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
    all() {
      begin("all", 0);
      return [...values].map(([name, value]) => ({ name, value: value.slice() }));
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

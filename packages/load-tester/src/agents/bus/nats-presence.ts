// The agents that are there, as entries of a bucket.

import type { KV } from "./nats-library.ts";
import type { Presence } from "./bus.ts";

/** A list has what came in this time. The library can miss its end, when an agent renews its entry meanwhile. */
const listMs = 2_000;

/** Entries in a bucket, which end by themselves unless they are put again. */
export function natsPresence(bucket: Pick<KV, "delete" | "get" | "keys" | "put">): Presence {
  return {
    put: async (name, bytes) => void (await bucket.put(name, bytes)),
    delete: async (name) => await bucket.delete(name),
    async list() {
      const names = await bucket.keys();
      const late = setTimeout(() => names.stop(), listMs);
      const found = new Map<string, Uint8Array>();
      for await (const name of names) {
        const entry = await bucket.get(name);
        if (entry?.operation === "PUT") found.set(name, entry.value);
      }
      clearTimeout(late);
      return found;
    },
  };
}

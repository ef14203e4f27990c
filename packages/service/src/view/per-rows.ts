import type { TorrentRow } from "./torrent-row.ts";

/** Computes a value once for each list of rows: a view makes another list with each change, and lists never change in place. */
export function perRows<Value>(
  compute: (rows: readonly TorrentRow[]) => Value,
): (rows: readonly TorrentRow[]) => Value {
  const known = new WeakMap<readonly TorrentRow[], { readonly value: Value }>();
  return (rows) => {
    const found = known.get(rows) ?? { value: compute(rows) };
    known.set(rows, found);
    return found.value;
  };
}

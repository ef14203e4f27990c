/** Bytes that count how often a byte of them is read. Copies and views of a range are not counted. */
export function countedReads(bytes: Uint8Array): { bytes: Uint8Array; reads: () => number } {
  let count = 0;
  const counted = new Proxy(bytes, {
    get(target, key) {
      if (typeof key === "string" && /^\d+$/.test(key)) count += 1;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { bytes: counted, reads: () => count };
}

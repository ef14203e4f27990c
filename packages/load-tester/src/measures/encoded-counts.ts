// Counts of an encoded histogram, read before the library does: it loops as far as a run of empty slots says.

/** A number takes at most nine bytes. */
const wordBytes = 9;

/**
 * Reads counts, and negative numbers for runs of empty slots, in ZigZag LEB128.
 *
 * @returns Slots and the sum of all counts; undefined where a number is cut off, or there are more slots than allowed.
 */
export function readEncodedCounts(
  words: Uint8Array,
  mostSlots: number,
): { readonly slots: number; readonly count: number } | undefined {
  let slots = 0;
  let count = 0;
  let at = 0;
  while (at < words.length) {
    let value = 0;
    let length = 0;
    let byte = 0x80;
    while ((byte & 0x80) !== 0 && length < wordBytes) {
      byte = words[at + length] ?? 0x80;
      value += (byte & 0x7f) * 2 ** (7 * length);
      length++;
    }
    at += length;
    if (at > words.length || (byte & 0x80) !== 0) return undefined;
    const isRun = value % 2 === 1;
    slots += isRun ? (value + 1) / 2 : 1;
    if (!isRun) count += value / 2;
    if (slots > mostSlots) return undefined;
  }
  return { slots, count };
}

import { UsageError } from "./usage-error.ts";

/** A part of a file as `--range` writes it. */
type WrittenRange =
  /** From `first` to `last`, both included. Undefined: to the end. */
  | { readonly first: number; readonly last: number | undefined }
  /** The last bytes. */
  | { readonly lastBytes: number };

/** `0-499`, `500-` or `-500`. @throws {UsageError} */
export function parseByteRange(text: string): WrittenRange {
  const [, first = "", last = ""] = /^(\d{0,15})-(\d{0,15})$/.exec(text) ?? [];
  if (first === "" && Number(last) > 0) return { lastBytes: Number(last) };
  const range = { first: Number(first), last: last === "" ? undefined : Number(last) };
  if (first !== "" && range.first <= (range.last ?? Infinity)) return range;
  throw new UsageError(
    `--range takes bytes like 0-499, 500- or -500, not ${JSON.stringify(text.slice(0, 60))}`,
    "cat",
  );
}

/**
 * @returns The first byte, and the one after the last.
 * @throws {UsageError} for a range that begins behind the end of the file.
 */
export function bytesOf(
  range: WrittenRange | undefined,
  lengthBytes: number,
): { readonly start: number; readonly end: number } {
  if (range === undefined) return { start: 0, end: lengthBytes };
  if ("lastBytes" in range)
    return { start: Math.max(0, lengthBytes - range.lastBytes), end: lengthBytes };
  if (range.first >= lengthBytes)
    throw new UsageError(
      `--range begins at ${range.first}; the file has ${lengthBytes} bytes`,
      "cat",
    );
  return { start: range.first, end: Math.min(lengthBytes, (range.last ?? lengthBytes) + 1) };
}

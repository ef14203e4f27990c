import { parse } from "range-parser";

/** Bytes of a file; `end` is excluded. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The range that a request asks for (RFC 9110, 14.2).
 *
 * @param header The field `Range`.
 * @returns `whole` for no range, for several ranges and for a field that is none: all may be answered by the whole file.
 *   `unsatisfiable` for a range behind the end.
 */
export function rangeOf(
  header: string | undefined,
  lengthBytes: number,
): ByteRange | "unsatisfiable" | "whole" {
  if (header === undefined || header.length > longestHeader) return "whole";
  const { code, type, ranges } = parse(lengthBytes, header);
  const [range, second] = ranges;
  if (type !== "bytes" || second !== undefined) return "whole";
  if (range !== undefined) return { start: range.start, end: range.end + 1 };
  return code === malformed ? "whole" : "unsatisfiable";
}

/** A longer field is not looked at. */
const longestHeader = 1_000;
/** The code of the library for a field without a range. */
const malformed = 1;

// Forms with files (RFC 7578) in a body that is in memory. Every byte belongs to a delimiter, a head or the content of a part.

import { partHead, type PartHead } from "./multipart-head.ts";
import { isRefusal, refuse, type Refusal } from "./refusal.ts";

/** Parts of a body; one with more is refused `multipart-malformed`. */
const mostParts = 100;
/** Bytes of the lines before a part's content. */
const longestHead = 4_096;
/** Bytes after the last boundary: spaces, tabs and a line break. */
const longestRest = 1_024;

/** A field or a file of a form. */
export interface Part extends PartHead {
  /** A view of the body, without a copy. */
  readonly bytes: Uint8Array;
}

/** @param boundary 1 to 70 characters. @returns The parts in their order, or the refusal `multipart-malformed`. */
export function parseMultipartBody(bytes: Uint8Array, boundary: string): readonly Part[] | Refusal {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const delimiter = `\r\n--${boundary}`;
  const start = body.indexOf(delimiter.slice(2));
  if (start !== 0 && !(start === 2 && startsAt(body, 0, "\r\n")))
    return malformed("it does not begin with its boundary");
  const parts: Part[] = [];
  let at = start + delimiter.length - 2;
  while (!startsAt(body, at, "--")) {
    if (parts.length === mostParts)
      return malformed(`it has more than ${mostParts} parts, which is the most`);
    const part = readPart(body, at, delimiter);
    if (isRefusal(part)) return part;
    parts.push(part.part);
    at = part.end;
  }
  if (body.length - at - 2 > longestRest) return malformed("bytes follow its last boundary");
  const rest = body.subarray(at + 2).toString("latin1");
  return /^[ \t]*(?:\r\n)?$/.test(rest) ? parts : malformed("bytes follow its last boundary");
}

/** @param start Behind the boundary before the part. @returns The part, and the place behind the boundary after it. */
function readPart(
  body: Buffer,
  start: number,
  delimiter: string,
): { readonly part: Part; readonly end: number } | Refusal {
  let at = start;
  while (body[at] === 0x20 || body[at] === 0x09) at++;
  if (!startsAt(body, at, "\r\n")) return malformed("a boundary is not at the end of its line");
  const headEnd = body.subarray(at, at + longestHead).indexOf("\r\n\r\n");
  if (headEnd < 0) return malformed(`a part has no head of at most ${longestHead} bytes`);
  const contentStart = at + headEnd + 4;
  // A part without lines has no name.
  const head = partHead(body.subarray(at + 2, at + headEnd));
  if (typeof head === "string") return malformed(head);
  const contentEnd = body.indexOf(delimiter, contentStart);
  if (contentEnd < 0) return malformed("its last boundary is missing");
  const part = { ...head, bytes: body.subarray(contentStart, contentEnd) };
  return { part, end: contentEnd + delimiter.length };
}

function startsAt(body: Buffer, at: number, text: string): boolean {
  return body.subarray(at, at + text.length).toString("latin1") === text;
}

function malformed(seen: string): Refusal {
  return refuse(400, "multipart-malformed", `cannot read the body as a form with files: ${seen}`);
}

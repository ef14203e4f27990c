// Answers GET and HEAD requests for a file: whole, or a range of it (RFC 9110).

import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { rangeOf, type ByteRange } from "./byte-range.ts";
import { mediaTypeOf } from "./media-type.ts";

/** A file, whose bytes may come later. */
export interface ServedFile {
  /** The media type follows its ending. */
  readonly name: string;
  readonly lengthBytes: number;
  /** Tag of the content: letters, digits and `-`. */
  readonly tag: string;
  /** @returns The bytes from `start` to before `end`, until `signal` aborts. */
  read(part: ByteRange & { readonly signal: AbortSignal }): AsyncIterable<Uint8Array>;
}

/**
 * Answers a request. A reader that goes away ends the reading; a reading that fails closes the connection, so that a cut
 * answer is never taken for a whole one.
 *
 * @returns Settles when the answer is sent, or its connection closed.
 */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  file: ServedFile,
): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD")
    return refuse(response, 405, { allow: "GET, HEAD" });
  const etag = `"${file.tag}"`;
  const common = {
    "accept-ranges": "bytes",
    "content-type": mediaTypeOf(file.name),
    etag,
    // The file is a stranger's: a page in it may do nothing.
    "content-security-policy": "sandbox",
    "x-content-type-options": "nosniff",
  };
  const { lengthBytes } = file;
  const { "if-range": wanted = etag } = request.headers;
  const isCurrent = wanted === etag;
  const range = rangeOf(isCurrent ? request.headers.range : undefined, lengthBytes);
  if (range === "unsatisfiable")
    return refuse(response, 416, { "content-range": `bytes */${lengthBytes}` });
  const part = range === "whole" ? { start: 0, end: lengthBytes } : range;
  response.writeHead(range === "whole" ? 200 : 206, {
    ...common,
    "content-length": part.end - part.start,
    ...(range !== "whole" && {
      "content-range": `bytes ${part.start}-${part.end - 1}/${lengthBytes}`,
    }),
  });
  if (request.method === "HEAD") response.end();
  else await send(response, file, part);
}

async function send(response: ServerResponse, file: ServedFile, part: ByteRange): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  // The head goes out while the first bytes may take long.
  response.flushHeaders();
  const bytes = Readable.from(file.read({ ...part, signal: gone.signal }), { objectMode: false });
  await pipeline(bytes, response).catch(() => response.destroy());
}

function refuse(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, { ...headers, "content-length": 0 }).end();
}

// Answers GET and HEAD requests for a file: whole, or a range of it (RFC 9110).

import type { IncomingMessage, ServerResponse } from "node:http";
import { rangeOf, type ByteRange } from "./byte-range.ts";
import { contentHeaders } from "./content-headers.ts";

export { isPlayable } from "./media-type.ts";

/** A file, whose bytes may come later. */
export interface ServedFile {
  /** The media type follows its ending. */
  readonly name: string;
  readonly lengthBytes: number;
  /** Tag of the content: letters, digits and `-`. */
  readonly tag: string;
  /**
   * @returns The bytes from `start` to before `end`, until `signal` aborts. The memory of a value is not used after the next
   *   value was asked for.
   */
  read(part: ByteRange & { readonly signal: AbortSignal }): AsyncIterable<Uint8Array>;
  /**
   * Answers in place of a reading that fails before its first byte: the head waits for that byte, to HEAD too. Absent: the
   * head goes out at once, and such a reading closes the connection.
   */
  readonly refused?: (response: ServerResponse, error: unknown) => void;
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
  const common = contentHeaders(file.name);
  if (request.method !== "GET" && request.method !== "HEAD")
    return refuse(response, 405, { ...common, allow: "GET, HEAD" });
  const etag = `"${file.tag}"`;
  const { lengthBytes } = file;
  const { "if-range": wanted = etag } = request.headers;
  const range = rangeOf(wanted === etag ? request.headers.range : undefined, lengthBytes);
  if (range === "unsatisfiable")
    return refuse(response, 416, { ...common, "content-range": `bytes */${lengthBytes}` });
  const part = range === "whole" ? { start: 0, end: lengthBytes } : range;
  const writeHead = (): void => {
    response.writeHead(range === "whole" ? 200 : 206, {
      ...common,
      ...{ "accept-ranges": "bytes", etag, "content-length": part.end - part.start },
      ...(range !== "whole" && {
        "content-range": `bytes ${part.start}-${part.end - 1}/${lengthBytes}`,
      }),
    });
    // The head goes out while the first bytes may take long.
    response.flushHeaders();
  };
  const isAsked = request.method === "GET" || file.refused !== undefined;
  if (isAsked && lengthBytes > 0) return await send(response, file, part, writeHead);
  writeHead();
  response.end();
}

async function send(
  response: ServerResponse,
  file: ServedFile,
  part: ByteRange,
  writeHead: () => void,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const { refused } = file;
  if (refused === undefined) writeHead();
  try {
    for await (const bytes of file.read({ ...part, signal: gone.signal })) {
      if (!response.headersSent) writeHead();
      if (response.req.method === "HEAD") break;
      await written(response, bytes);
    }
    response.end();
  } catch (error) {
    if (refused === undefined || response.headersSent) response.destroy();
    else refused(response, error);
  }
}

/** Settles when the system has the bytes, and their memory is free. @throws rejects when the connection is closed */
async function written(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const closed = (): void => reject(new Error("the connection is closed"));
  response.once("close", closed);
  response.write(bytes, (error) => (error ? reject(error) : resolve()));
  try {
    await promise;
  } finally {
    response.removeListener("close", closed);
  }
}

function refuse(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, { ...headers, "content-length": 0 }).end();
}

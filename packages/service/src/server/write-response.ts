import type { ServerResponse } from "node:http";
import { isRefusal, type Refusal } from "../guard/refusal.ts";
import { securityHeaders, type ResponseKind } from "../guard/response-headers.ts";
import { jsonResponse, type ResponseSink, type ServiceResponse } from "../routes/route.ts";

/** The response to a request that the service has failed to answer by a bug of its own. */
export const failureResponse: ServiceResponse = jsonResponse(
  { error: { code: "bug", message: "the service has failed" } },
  500,
);

/** The response that tells of a refusal of the guard. */
export function refusalResponse(refusal: Refusal): ServiceResponse {
  const { refused: code, message, status, retryAfterSeconds, allow, authenticate } = refusal;
  return jsonResponse({ error: { code, message } }, status, {
    ...(retryAfterSeconds !== undefined && { "Retry-After": String(retryAfterSeconds) }),
    ...(allow !== undefined && { Allow: allow }),
    ...(authenticate !== undefined && { "WWW-Authenticate": authenticate }),
  });
}

/**
 * Writes a response; it has the fields of {@link setGuardFields} already.
 *
 * @param opened Called with the end of a response that goes on. @returns Its own end, or a refusal of the stream.
 */
export function writeResponse(
  outgoing: ServerResponse,
  { status, headers = {}, body = "" }: ServiceResponse,
  opened: (end: () => void) => (() => void) | Refusal,
): void {
  setFields(outgoing, headers);
  if (typeof body === "object" && "file" in body) throw new Error("bug: a file is no text");
  if (typeof body !== "function") {
    const parts = partsOf(body);
    const lengthBytes = parts.reduce((sum, { length }) => sum + length, 0);
    // A response without content has no length either (RFC 9110, 8.6); that of a 304 would be another one.
    const length =
      status === 204 || status === 304 ? {} : { "Content-Length": String(lengthBytes) };
    outgoing.writeHead(status, length);
    for (const part of parts.slice(0, -1)) outgoing.write(part);
    outgoing.end(parts.at(-1));
    return;
  }
  // A response to HEAD has no content, and would never end.
  if (outgoing.req.method === "HEAD") return void outgoing.writeHead(status).end();
  const ended = opened(() => outgoing.destroy());
  if (isRefusal(ended)) return writeResponse(outgoing, refusalResponse(ended), opened);
  outgoing.once("close", ended);
  outgoing.writeHead(status);
  outgoing.flushHeaders();
  body(sinkOf(outgoing));
}

/** Sets the fields that every response has, in place of those of another kind. Called before anything answers the request. */
export function setGuardFields(outgoing: ServerResponse, kind: ResponseKind): void {
  for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name);
  setFields(outgoing, securityHeaders(kind));
}

function setFields(
  outgoing: ServerResponse,
  fields: NonNullable<ServiceResponse["headers"]>,
): void {
  for (const [name, value] of Object.entries(fields)) outgoing.setHeader(name, value);
}

function partsOf(body: string | Uint8Array | readonly Uint8Array[]): readonly Uint8Array[] {
  if (typeof body === "string") return [Buffer.from(body)];
  return body instanceof Uint8Array ? [body] : body;
}

function sinkOf(outgoing: ServerResponse): ResponseSink {
  return {
    get waitingBytes() {
      return outgoing.writableLength;
    },
    write: (text) => {
      if (!outgoing.writableEnded) outgoing.write(text);
    },
    end: () => void outgoing.end(),
    whenDrained: (listener) => {
      if (outgoing.writableNeedDrain) outgoing.once("drain", listener);
      else setImmediate(listener);
    },
    whenClosed: (listener) => void outgoing.once("close", listener),
  };
}

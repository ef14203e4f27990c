// Responses to requests that end before the routes: those that the parser of HTTP refuses, and those with a target that is no
// path. They have the fields that guard browsers, as every response has.

import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Server as TlsServer } from "node:https";
import type { Duplex } from "node:stream";
import { refuse, type Refusal } from "../guard/refusal.ts";
import { securityHeaders } from "../guard/response-headers.ts";
import { refusalResponse, setGuardFields, writeResponse } from "./write-response.ts";

/** Errors of Node's parser that have a status of their own. */
const refusals: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: refuse(
    431,
    "head-too-large",
    "cannot read the request: its head has more than 16 KiB, which is the most",
  ),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: refuse(
    413,
    "body-too-large",
    "cannot read the body: the extensions of its chunks have more than 16 KiB",
  ),
  ERR_HTTP_REQUEST_TIMEOUT: refuse(
    408,
    "request-too-slow",
    "cannot read the request: its head took more than 10 s, or all of it more than 60 s",
  ),
};
const malformed = refuse(400, "request-malformed", "cannot read the request: it is no HTTP/1.1");

/** The refusal of a request whose target is no path of this service. */
export const targetMalformed: Refusal = refuse(
  400,
  "request-malformed",
  "cannot read the request: its target or its field Host is malformed; allowed is a path such as /api/v1/health",
);

const expectation: Refusal = refuse(
  417,
  "expectation-unknown",
  "cannot meet the field Expect: allowed is 100-continue",
);

/** Answers in place of Node, whose own responses lack the fields that guard browsers. */
export function guardParser(server: Server | TlsServer): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) =>
    answerSocket(socket, refusals[error.code ?? ""] ?? malformed),
  );
  server.on("checkExpectation", (_: IncomingMessage, outgoing: ServerResponse) => {
    // The body that may follow is no request.
    outgoing.setHeader("Connection", "close");
    setGuardFields(outgoing, "answer");
    writeResponse(outgoing, refusalResponse(expectation), () => () => undefined);
  });
}

/** Ends the connection of a request that has no `ServerResponse`. */
function answerSocket(socket: Duplex, refusal: Refusal): void {
  // Bytes of an earlier response on the way: a second head within them would be read as its body.
  if (!socket.writable || hasBegunResponse(socket)) return void socket.destroy();
  const { status, headers = {}, body = "" } = refusalResponse(refusal);
  const text = typeof body === "string" ? body : "";
  const fields = {
    ...securityHeaders("answer"),
    ...headers,
    "Content-Length": String(Buffer.byteLength(text)),
    Connection: "close",
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const reason = STATUS_CODES[status] ?? "";
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${lines.join("")}\r\n${text}`, () =>
    socket.destroy(),
  );
}

/** Node keeps the response that a connection is busy with in this field, and asks it the same question itself. */
function hasBegunResponse(socket: Duplex & { readonly _httpMessage?: unknown }): boolean {
  const response = socket._httpMessage;
  return (
    typeof response === "object" &&
    response !== null &&
    (response as Partial<ServerResponse>).headersSent === true
  );
}

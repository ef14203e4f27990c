// The way of a request: the guard, the body, the route, the response.

import type { IncomingMessage, ServerResponse } from "node:http";
import { TroupeError } from "@troupe/control";
import type { Random, Timers } from "@troupe/actor-runtime";
import { OwnerCalls, type OwnerWay } from "../calls/owner-calls.ts";
import { errorResponse } from "../api/api-answer.ts";
import { pageCookieName } from "../guard/cookies.ts";
import { callBodyBytes } from "../guard/body-reader.ts";
import { isRefusal, refuse, type Refusal } from "../guard/refusal.ts";
import { refuseMethod } from "../guard/request-method.ts";
import type { StreamLink, StreamLinks } from "../guard/stream-links.ts";
import type { FileBody, Route, ServiceRequest, ServiceResponse } from "../routes/route.ts";
import { admitRequest, type AdmittedRequest } from "./admit-request.ts";
import { idOf, type ConnectionId, type Connections } from "./connections.ts";
import type { Guard } from "./guard.ts";
import { proveCaller, refuseChange, rightOf, type ProvenCaller } from "./prove-caller.ts";
import { hasBody, readRequestBody } from "./read-request-body.ts";
import { requestLogins } from "./request-logins.ts";
import { requestSecrets } from "./request-secrets.ts";
import { failureResponse, refusalResponse, writeResponse } from "./write-response.ts";

/** The parts of the server that requests need. */
export interface RequestParts {
  readonly guard: Guard<ConnectionId>;
  readonly links: StreamLinks;
  readonly connections: Connections;
  readonly way: OwnerWay;
  readonly basePath: string;
  readonly timers: Timers;
  readonly random: Pick<Random, "bytes">;
  warn(code: string, message: string): void;
  /** A bug of a route: the actor fails, and its supervisor starts another one. */
  failed(error: unknown): void;
}

/** A request, and the route that its path names. */
interface RoutedRequest {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** Undefined: the path, or its method, has none. */
  readonly route: Route | undefined;
  /** The refusal of a request without a route. */
  readonly unknown: Refusal;
}

/** Answers a request. Never rejects. */
export async function answerRequest(routed: RoutedRequest, parts: RequestParts): Promise<void> {
  const { incoming, outgoing, route } = routed;
  const place = parts.connections.placeOf(incoming.socket);
  if (place === undefined) return void outgoing.destroy();
  const link = linkOf(routed, parts);
  const isLinked = link !== undefined && !isRefusal(link);
  const isNavigable = isLinked || route?.isPage === true;
  const admitted = admitRequest(incoming, place, parts.guard, isNavigable ? "navigable" : "call");
  if (isRefusal(admitted)) return refuseRequest(routed, admitted);
  if (admitted.warning !== undefined) parts.warn("forwarded-ignored", admitted.warning);
  // A stream by a proxy counts for its caller until it ends.
  if (admitted.isFromProxy)
    outgoing.once("close", () => parts.guard.bounds.release(idOf(incoming.socket)));
  try {
    const { credentials } = parts.guard;
    const proof = {
      isOpen: route?.isOpen === true,
      takesUnknown: route?.takesUnknown === true,
      link: isLinked ? link : undefined,
    };
    const proven = isRefusal(link)
      ? link
      : await proveCaller(incoming, admitted, credentials, proof);
    const isVerified = !isRefusal(proven) && proven.kind !== "unknown";
    const full = countCaller(incoming, admitted, isVerified, parts);
    if (full !== undefined) return refuseRequest(routed, full);
    if (isRefusal(proven)) return refuseRequest(routed, proven);
    if (route === undefined) return refuseRequest(routed, routed.unknown);
    await carryOut(routed, route, { admitted, proven, parts });
  } catch (error) {
    outgoing.destroy();
    parts.failed(error);
  }
}

/** The signed link of a request to a route that takes links. */
function linkOf(
  { incoming, route }: RoutedRequest,
  { basePath, links }: RequestParts,
): StreamLink | Refusal | undefined {
  if (route?.takesLinks !== true) return undefined;
  const { pathname, searchParams } = new URL(incoming.url ?? "/", "http://service");
  return links.verify(pathname.slice(basePath.length), searchParams);
}

interface Admitted {
  readonly admitted: AdmittedRequest;
  readonly proven: ProvenCaller;
  readonly parts: RequestParts;
}

function countCaller(
  { socket }: IncomingMessage,
  { addressKey, place }: AdmittedRequest,
  isVerified: boolean,
  { guard }: RequestParts,
): Refusal | undefined {
  if (place.kind === "local") return undefined;
  return guard.bounds.setCaller(idOf(socket), addressKey, isVerified);
}

async function carryOut(routed: RoutedRequest, route: Route, from: Admitted): Promise<void> {
  const { guard, timers } = from.parts;
  const placeTaken = guard.places.enter();
  if (isRefusal(placeTaken)) return refuseRequest(routed, placeTaken);
  using _place = placeTaken;
  if (routed.incoming.headers.expect !== undefined) routed.outgoing.writeContinue();
  const held = await readRequestBody(routed.incoming, route, {
    budget: guard.budget,
    timers,
  });
  if (isRefusal(held)) return refuseRequest(routed, held);
  using body = held;
  const response = await answerOf(route, requestOf(routed, route, from, body.body), from.parts);
  const { body: content } = response;
  if (isFile(content)) return streamFile(routed, content, from);
  if (routed.outgoing.destroyed) return;
  writeResponse(routed.outgoing, response, (end) => opened(from, end));
}

function requestOf(
  { incoming }: RoutedRequest,
  route: Route,
  { admitted, proven, parts }: Admitted,
  body: ServiceRequest["body"],
): ServiceRequest {
  const { guard, way, basePath } = parts;
  const url = new URL(incoming.url ?? "/", "http://service");
  const header = (name: string): string | undefined => {
    const value = incoming.headers[name];
    return typeof value === "object" ? value.join(", ") : value;
  };
  const requireWrite = (): void => {
    const wrongMethod = refuseMethod(incoming.method ?? "GET", true);
    if (wrongMethod !== undefined)
      throw new TroupeError("read-only-credential", wrongMethod.message);
    const refusal = refuseChange(proven, admitted, route.hasSession?.({ header }) === true);
    if (refusal !== undefined) throw new TroupeError("read-only-credential", refusal.message);
  };
  const { cookie } = incoming.headers;
  const pageCookie = pageCookieName(incoming.socket.localPort ?? 0);
  return {
    ...{ header, body },
    method: incoming.method ?? "GET",
    path: url.pathname.slice(basePath.length),
    query: url.searchParams,
    base: admitted.origin + basePath,
    linkExpires: proven.kind === "linked" ? proven.expires : undefined,
    calls: new OwnerCalls(way, { right: rightOf(proven), requireWrite }),
    logins: requestLogins(guard.credentials, admitted, {
      ...{ cookie, basePath, pageCookie },
      isKnown: proven.kind !== "unknown",
    }),
    secrets: requestSecrets(guard.credentials, proven, parts.random),
  };
}

async function answerOf(
  route: Route,
  request: ServiceRequest,
  parts: RequestParts,
): Promise<ServiceResponse> {
  try {
    return await route.answer(request);
  } catch (error) {
    if (error instanceof TroupeError) return errorResponse(error);
    parts.failed(error);
    return failureResponse;
  }
}

/** A stream ends with the credential that proved its caller. */
function opened({ proven, parts }: Admitted, end: () => void): (() => void) | Refusal {
  const { credentials } = parts.guard;
  if (proven.kind !== "verified" || credentials === undefined) return () => undefined;
  return credentials.uses.open(proven.caller.use, end);
}

/** Answers before the body was read. Node reads the rest of a body; a long one ends the connection. */
function refuseRequest({ incoming, outgoing, route }: RoutedRequest, refusal: Refusal): void {
  const response = (route?.refused ?? refusalResponse)(refusal);
  const isAwaited = incoming.headers.expect !== undefined;
  if (hasBody(incoming) && (isAwaited || !isShort(incoming)))
    outgoing.setHeader("Connection", "close");
  writeResponse(outgoing, response, () => () => undefined);
}

function isFile(body: ServiceResponse["body"]): body is FileBody {
  return typeof body === "object" && "file" in body;
}

/** A file is sent beside other calls, for as long as the client and the credential last. */
function streamFile(
  { incoming, outgoing }: RoutedRequest,
  { closed, file }: FileBody,
  from: Admitted,
): void {
  if (outgoing.destroyed) return closed();
  outgoing.once("close", closed);
  const ended = opened(from, () => outgoing.destroy());
  if (isRefusal(ended))
    return writeResponse(outgoing, refusalResponse(ended), () => () => undefined);
  outgoing.once("close", ended);
  void sendFile(incoming, outgoing, file).catch((error: unknown) => from.parts.failed(error));
}

/** The code and its table of media types are loaded for the first file: most incarnations send none. */
async function sendFile(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  file: FileBody["file"],
): Promise<void> {
  const { answerRequest: send } = await import("@troupe/file-http");
  // The client may have gone meanwhile.
  if (!outgoing.destroyed) await send(incoming, outgoing, file);
}

/** Whether the body is at most that of a call. A client that still sends it would miss the response to a closed connection. */
function isShort({ headers }: IncomingMessage): boolean {
  return Number(headers["content-length"] ?? Infinity) <= callBodyBytes;
}

/** The refusal of a path that no route has. */
export function noRoute(path: string): Refusal {
  const message = `cannot answer: there is nothing at ${JSON.stringify(path.slice(0, 200))}`;
  return refuse(404, "path-unknown", message);
}

/** The refusal of a method that a path does not have. */
export function noMethod(method: string, allowed: readonly string[]): Refusal {
  const allow = allowed.join(", ");
  const message = `cannot answer ${JSON.stringify(method.slice(0, 20))} here: allowed are ${allow}`;
  return { ...refuse(405, "method-not-allowed", message), allow };
}

// The routes as a Hono application. Only this file imports its packages.

import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { getRequestListener, RequestError, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono, type Context } from "hono";
import { parseHost } from "../guard/host-rule.ts";
import { securityHeaders } from "../guard/response-headers.ts";
import type { Route, ServiceResponse } from "../routes/route.ts";
import { answerRequest, noMethod, noRoute, type RequestParts } from "./answer-request.ts";
import { targetMalformed } from "./guard-parser.ts";
import { failureResponse, refusalResponse } from "./write-response.ts";

type Env = { Bindings: HttpBindings };
type Found = Pick<Parameters<typeof answerRequest>[0], "route" | "unknown">;

/** Makes the listener of the servers. Every request, also one without a route, passes the guard first. */
export function requestListener(routes: readonly Route[], parts: RequestParts): RequestListener {
  const app = new Hono<Env>({ strict: true }).basePath(parts.basePath);
  const answer = async (context: Context<Env>, found: Found): Promise<Response> => {
    const { incoming, outgoing } = context.env;
    await answerRequest({ incoming, outgoing, ...found }, parts);
    // The route has written, or writes, to the socket itself.
    return RESPONSE_ALREADY_SENT;
  };
  for (const route of routes) {
    app.on(route.method, route.path, (context) =>
      answer(context, { route, unknown: noRoute(context.req.path) }),
    );
  }
  const methods = Map.groupBy(routes, ({ path }) => path);
  for (const [path, ofPath] of methods) {
    const allowed = ofPath.map(({ method }) => method);
    app.all(path, (context) =>
      answer(context, {
        route: undefined,
        unknown: noMethod(context.req.method, allowed),
      }),
    );
  }
  app.notFound((context) =>
    answer(context, { route: undefined, unknown: noRoute(context.req.path) }),
  );
  // The actor continues after a fault that comes before the route of a request.
  app.onError((error) => {
    parts.warn("request-failed", `a request was not answered: ${error.message}`);
    return guarded(failureResponse);
  });
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    autoCleanupIncoming: false,
    hostname: "service",
    errorHandler: (error) => {
      // A target or a host that is no URL is a fault of the caller.
      if (error instanceof RequestError) return guarded(refusalResponse(targetMalformed));
      parts.failed(error);
      return guarded(failureResponse);
    },
  });
  return (incoming: IncomingMessage, outgoing: ServerResponse) => {
    incoming.url = pathOf(incoming.url);
    // Hono throws for a target that is no path: strangers can send one.
    if (isPath(incoming)) return void listener(incoming, outgoing);
    void answerRequest({ incoming, outgoing, route: undefined, unknown: targetMalformed }, parts);
  };
}

/** An absolute target without its host, which does not count: the field `Host` does. */
function pathOf(target = "/"): string {
  const url = /^https?:\/\//i.test(target) ? URL.parse(target) : null;
  return url === null ? target : `${url.pathname}${url.search}`;
}

/** Whether the target begins with `/` and is a URL behind a host, and the host is one that Hono reads. */
function isPath({ url = "", headers }: IncomingMessage): boolean {
  return (
    /^\/[^\\]*$/.test(url) &&
    URL.canParse(url.replace(/^\/+/, "/"), "http://service") &&
    parseHost(headers.host ?? "service") !== undefined
  );
}

function guarded({ status, headers = {}, body }: ServiceResponse): Response {
  const text = typeof body === "string" ? body : "";
  return new Response(text, {
    status,
    headers: { ...securityHeaders("answer"), ...headers, Connection: "close" },
  });
}

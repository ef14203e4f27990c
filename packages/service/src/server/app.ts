// The routes as a Hono application. Only this file imports its packages.

import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono, type Context } from "hono";
import type { Route } from "../routes/route.ts";
import { answerRequest, noMethod, noRoute, type RequestParts } from "./answer-request.ts";

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
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    autoCleanupIncoming: false,
    hostname: "service",
    errorHandler: (error) => parts.failed(error),
  });
  return (incoming: IncomingMessage, outgoing: ServerResponse) => void listener(incoming, outgoing);
}

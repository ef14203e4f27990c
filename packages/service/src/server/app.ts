// The routes, found by Hono's routers: only this file imports them. Hono's own server stays out. It loads the classes of
// `fetch`, which no route needs, and which cost the thread 15 MiB and a third of its start.

import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { asFault } from "@troupe/actor-runtime";
import { METHOD_NAME_ALL, type Router } from "hono/router";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";
import { getPath } from "hono/utils/url";
import { parseHost } from "../guard/host-rule.ts";
import type { Route } from "../routes/route.ts";
import { answerRequest, noMethod, noRoute, type RequestParts } from "./answer-request.ts";
import { targetMalformed } from "./guard-parser.ts";
import { failureResponse, setGuardFields, writeResponse } from "./write-response.ts";

type Found = Pick<Parameters<typeof answerRequest>[0], "route" | "unknown">;

/** The route of a method, or the methods that a path has. */
type Entry =
  | { readonly kind: "methods"; readonly allowed: readonly string[] }
  | { readonly kind: "route"; readonly route: Route };

/** Makes the listener of the servers. Every request, also one without a route, passes the guard first. */
export function requestListener(routes: readonly Route[], parts: RequestParts): RequestListener {
  const router = routerOf(routes, parts.basePath);
  return (incoming: IncomingMessage, outgoing: ServerResponse) => {
    incoming.url = pathOf(incoming.url);
    setGuardFields(outgoing, "answer");
    let found: Found;
    try {
      if (isStream(incoming, parts.basePath)) setGuardFields(outgoing, "content");
      found = find(router, incoming);
      if (found.route?.isPage === true) setGuardFields(outgoing, "page");
    } catch (error) {
      // The actor continues after a fault that comes before the route of a request.
      parts.warn("request-failed", `a request was not answered: ${asFault(error).message}`);
      outgoing.setHeader("Connection", "close");
      return writeResponse(outgoing, failureResponse, () => () => undefined);
    }
    void answerRequest({ incoming, outgoing, ...found }, parts);
  };
}

function routerOf(routes: readonly Route[], basePath: string): Router<Entry> {
  const router = new SmartRouter<Entry>({ routers: [new RegExpRouter(), new TrieRouter()] });
  // Without a base path there is nothing before its `/`.
  const placed = routes.filter(({ path }) => basePath + path !== "");
  for (const route of placed)
    router.add(route.method, basePath + route.path, { kind: "route", route });
  for (const [path, ofPath] of Map.groupBy(placed, (route) => route.path)) {
    const allowed = ofPath.map(({ method }) => method);
    router.add(METHOD_NAME_ALL, basePath + path, { kind: "methods", allowed });
  }
  return router;
}

/** Whether the path leads to files that strangers made. */
function isStream(incoming: IncomingMessage, basePath: string): boolean {
  if (!isPath(incoming)) return false;
  return `${decodedPath(incoming.url ?? "/")}/`.startsWith(`${basePath}/stream/`);
}

/** A request of HEAD has the route of GET. */
function find(router: Router<Entry>, incoming: IncomingMessage): Found {
  if (!isPath(incoming)) return { route: undefined, unknown: targetMalformed };
  const { method = "GET", url = "/" } = incoming;
  const path = decodedPath(url);
  const [matches] = router.match(method === "HEAD" ? "GET" : method, path);
  const entry = matches[0]?.[0];
  if (entry?.kind === "route") return { route: entry.route, unknown: noRoute(path) };
  const unknown = entry === undefined ? noRoute(path) : noMethod(method, entry.allowed);
  return { route: undefined, unknown };
}

/** An absolute target without its host, which does not count: the field `Host` does. */
function pathOf(target = "/"): string {
  const url = /^https?:\/\//i.test(target) ? URL.parse(target) : null;
  return url === null ? target : `${url.pathname}${url.search}`;
}

/** The path without dot segments and percent signs. Hono asks for a request of which it reads the URL alone. */
function decodedPath(target: string): string {
  const { href: url } = new URL(`http://service${target}`);
  return getPath({ url } as Request);
}

/** Whether the target begins with `/` and is a URL behind a host, and the host is one. */
function isPath({ url = "", headers }: IncomingMessage): boolean {
  return (
    /^\/[^\\#]*$/.test(url) &&
    URL.canParse(url.replace(/^\/+/, "/"), "http://service") &&
    parseHost(headers.host ?? "service") !== undefined
  );
}

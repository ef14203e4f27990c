// Requests that a stranger's page sends to a service.

import { actionParameters, everyRoute, pathOf } from "./every-route.ts";

/** A request by a form, or by a script. */
export interface StrangeRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  /** Fields of a form. */
  readonly form: string;
  /** A body of the type text/plain. */
  readonly plain: string;
}

/** A request by a form, and the type of its body. */
export interface StrangeForm extends StrangeRequest {
  readonly encoding: string;
}

/** A call of Transmission that removes all torrents: JSON, which a form of text/plain sends with an `=` in it. */
const removeAll = '{"method":"torrent-remove","arguments":{"delete-local-data":true},"tag":"="}';
const bodies = { form: actionParameters, plain: removeAll };
const encodings = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
const changing = [
  "/transmission/rpc",
  "/api/v2/torrents/delete",
  "/api/v2/torrents/add",
  "/api/v2/app/setPreferences",
  "/api/v2/auth/logout",
  "/api/v1/commands/remove",
];

/** Links to calls that do harm. */
export const harmful: readonly string[] = changing.map((path) => `${path}?${actionParameters}`);

/** A request to each route. */
export function requestsTo(origin: string): readonly StrangeRequest[] {
  return everyRoute().map((route) => ({
    ...{ ...bodies, method: route.method },
    url: origin + pathOf(route),
  }));
}

/** Forms that call what does harm: by GET, and by POST with each type of body. */
export function formsTo(origin: string): readonly StrangeForm[] {
  return changing.flatMap((path) => {
    const request = { ...bodies, url: origin + path };
    const posts = encodings.map((encoding) => ({ ...request, method: "POST" as const, encoding }));
    return [...posts, { ...request, method: "GET", encoding: "" }];
  });
}

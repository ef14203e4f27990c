// Requests that pages of other sites make in the browser of a user: refused whatever proves the caller.

import { parseHost, type HostName } from "./host-rule.ts";
import { refuse, type Refusal } from "./refusal.ts";
import { shownText } from "./shown-text.ts";

/** `navigable`: GET and HEAD of the page's files and of signed links, which a link may lead to. `call`: all others. */
export type RouteKind = "navigable" | "call";

/** The parts of a request that a browser writes and a page cannot. */
export interface BrowserFields {
  readonly origin?: string | undefined;
  readonly secFetchSite?: string | undefined;
  readonly secFetchMode?: string | undefined;
  readonly secFetchDest?: string | undefined;
}

/** The place that a request was sent to. */
interface RequestPlace {
  readonly route: RouteKind;
  readonly host: HostName;
  /** The scheme of the caller's connection, which a trusted proxy names; else that of ours. */
  readonly scheme: "http" | "https";
}

/** `page`: with our Origin. `unnamed`: without an Origin, from our page or a program. */
export type Sender = "page" | "unnamed";

/** @returns The sender, or the refusal `origin-not-allowed`. */
export function checkBrowser(fields: BrowserFields, place: RequestPlace): Sender | Refusal {
  const { origin, secFetchSite } = fields;
  const isOurSite =
    secFetchSite === undefined || secFetchSite === "same-origin" || secFetchSite === "none";
  const isOurOrigin = origin === undefined || isOurs(origin, place);
  if (isOurSite && isOurOrigin) return origin === undefined ? "unnamed" : "page";
  if (place.route === "navigable" && isNavigation(fields)) return "unnamed";
  const seen = isOurOrigin
    ? `Sec-Fetch-Site: ${shownText(secFetchSite ?? "")}`
    : `Origin: ${shownText(origin ?? "")}`;
  const message = `cannot answer a page of another site: ${seen}; allowed is ${originOf(place)}; a proxy before this service must be a --trusted-proxy and pass on Host and X-Forwarded-Proto`;
  return refuse(403, "origin-not-allowed", message);
}

/** A link to the page, or its address typed: not a frame, and not a request of a script. */
function isNavigation({ secFetchMode, secFetchDest }: BrowserFields): boolean {
  return secFetchMode === "navigate" && secFetchDest === "document";
}

function isOurs(origin: string, { host, scheme }: RequestPlace): boolean {
  const start = `${scheme}://`;
  if (!origin.startsWith(start)) return false;
  const named = parseHost(origin.slice(start.length));
  if (named === undefined) return false;
  return named.name === host.name && portOf(named, scheme) === portOf(host, scheme);
}

function portOf({ port }: HostName, scheme: "http" | "https"): number {
  return port ?? (scheme === "https" ? 443 : 80);
}

/** The origin of our page, as the caller names it. */
export function originOf({
  host: { name, port },
  scheme,
}: Pick<RequestPlace, "host" | "scheme">): string {
  const host = name.includes(":") ? `[${name}]` : name;
  return `${scheme}://${host}${port === undefined ? "" : `:${port}`}`;
}

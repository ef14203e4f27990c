// The requests of an exchange: a hop for the first URL and for each redirect.

import type { RequestOptions } from "node:http";

import { httpAddressRefused, httpFailed, httpRedirectRefused } from "./http-errors.ts";
import { allowedAddresses, type HopPolicy } from "./http-policy.ts";
import { withoutBrackets } from "../network/address.ts";
import { lookupAmong, type HostResolver } from "../network/resolver.ts";

/** Redirects of a request; at one more the request fails. */
const mostRedirects = 5;

const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** Only for the first host. */
const credentialHeaders = new Set(["authorization", "cookie", "proxy-authorization"]);

/** A request. */
export interface Hop {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The body of a POST. */
  readonly body: Uint8Array | undefined;
  /** `name:password` of the first URL. */
  readonly credentials: string | undefined;
  readonly fromPublic: boolean;
}

/** The caller's and the client's parts of the first hop. */
interface HopOptions {
  readonly userAgent: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** The rules of all hops. */
export type HopRules = Omit<HopPolicy, "fromPublic" | "hasQuery">;

/** @throws ActorError `http-failed`: not a URL for HTTP. */
export function firstHop(text: string, options: HopOptions): Hop {
  const url = URL.parse(text);
  if (url === null) throw httpAddressRefused("the address is not a URL");
  if (!isHttp(url)) throw httpAddressRefused(`the address begins with ${url.protocol}`);
  const headers = Object.entries({ "user-agent": options.userAgent, ...options.headers });
  return {
    url,
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    body: options.body,
    credentials: credentialsOf(url),
    fromPublic: false,
  };
}

/**
 * The target of a redirect, without credentials at another origin.
 * @throws ActorError `http-redirect-refused`.
 */
export function nextHop(hop: Hop, location: string, fromPublic: boolean): Hop {
  const url = URL.parse(location, hop.url);
  if (url === null) throw httpRedirectRefused(hop.url, "it redirects to what is not a URL");
  if (!isHttp(url)) throw httpRedirectRefused(hop.url, `it redirects to ${url.protocol}`);
  if (url.origin === hop.url.origin) return { ...hop, url, fromPublic };
  const headers = Object.entries(hop.headers).filter(([name]) => !credentialHeaders.has(name));
  return { ...hop, url, headers: Object.fromEntries(headers), credentials: undefined, fromPublic };
}

/** @returns The target of a redirect, if it is one. */
export function locationOf(
  status: number | undefined,
  location: string | undefined,
): string | undefined {
  return redirectStatuses.has(status ?? 0) ? location : undefined;
}

/** @throws ActorError `http-redirect-refused`: too many so far. */
export function checkRedirects(redirects: number, { url }: Hop, most = mostRedirects): void {
  if (redirects < most) return;
  throw httpRedirectRefused(url, `it redirects after ${most} redirects`);
}

/**
 * The addresses that a hop may dial, at least one.
 * @throws ActorError `http-failed` for an unknown name, `http-redirect-refused` for a forbidden address.
 */
export async function addressesOf(
  hop: Hop,
  resolver: HostResolver,
  rules: HopRules,
  family?: 4 | 6,
): Promise<{ readonly addresses: readonly string[]; readonly fromPublic: boolean }> {
  const { hostname, search } = hop.url;
  const found = await resolver.resolve(hostname, family).catch((error: unknown) => {
    throw httpFailed(hop.url, error);
  });
  const policy = { ...rules, fromPublic: hop.fromPublic, hasQuery: search !== "" };
  const decision = allowedAddresses(hostname, found, policy);
  if (decision.addresses.length > 0) return decision;
  throw httpRedirectRefused(hop.url, refusalOf(hop, found.addresses, rules));
}

function refusalOf(
  { fromPublic, url }: Hop,
  resolved: readonly string[],
  { allow, mayDial }: HopRules,
): string {
  if (mayDial !== undefined && !resolved.some((each) => mayDial(each, url.hostname)))
    return "the caller refuses its address";
  if (fromPublic) return "a public host leads to it and its address is local";
  if (allow === "internet") return "its address is local, and a stranger has named it";
  return "its name is public and its address is local; a local host is named by its address";
}

/** The options that all requests share. */
export function requestOptions(
  hop: Hop,
  addresses: readonly string[],
): Omit<RequestOptions, "headers"> & { readonly headers: Readonly<Record<string, string>> } {
  const { url } = hop;
  return {
    host: withoutBrackets(url.hostname),
    path: `${url.pathname}${url.search}`,
    headers: { accept: "*/*", ...hop.headers },
    lookup: lookupAmong(addresses),
    ...(url.port === "" ? {} : { port: url.port }),
    ...(hop.credentials === undefined ? {} : { auth: hop.credentials }),
  };
}

/** A request of a URL, as its proxy gets it: the whole URL, and the login of the proxy. */
export interface ProxiedForm {
  /** The value of `proxy-authorization`: a secret. */
  readonly authorization?: string;
}

/** The target of a request: the path and the query, or the whole URL for a proxy. */
export function requestTarget(url: URL, form: ProxiedForm | undefined): string {
  const path = `${url.pathname}${url.search}`;
  return form === undefined ? path : `${url.origin}${path}`;
}

/** The headers for the proxy alone. */
export function proxyHeaders(form: ProxiedForm | undefined): Readonly<Record<string, string>> {
  return form?.authorization === undefined ? {} : { "proxy-authorization": form.authorization };
}

/** A GET as it is sent. @param form Only for a URL that the proxy itself gets. */
export function requestText({ url, headers, credentials }: Hop, form?: ProxiedForm): string {
  const authorization =
    credentials === undefined
      ? []
      : [`authorization: Basic ${Buffer.from(credentials).toString("base64")}`];
  return [
    `GET ${requestTarget(url, form)} HTTP/1.1`,
    `host: ${url.host}`,
    "accept: */*",
    ...authorization,
    ...Object.entries({ ...headers, ...proxyHeaders(form) }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
    "connection: keep-alive",
    "\r\n",
  ].join("\r\n");
}

/** Without what only the server of the first URL may know. */
export function shownUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  shown.hash = "";
  return shown.href;
}

function isHttp(url: URL): boolean {
  return url.protocol === "http:" || url.protocol === "https:";
}

function credentialsOf(url: URL): string | undefined {
  if (url.username === "" && url.password === "") return undefined;
  try {
    return `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  } catch {
    throw httpAddressRefused("the address has a user name that is not percent-encoded UTF-8");
  }
}

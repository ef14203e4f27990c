import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";

import type { Http, HttpPost, HttpReply } from "../../ports/http.ts";
import { ActorError } from "../../failure.ts";
import {
  httpAborted,
  httpAddressRefused,
  httpDeadline,
  httpFailed,
  httpRedirectRefused,
  httpTooLarge,
} from "./http-errors.ts";
import { numericHost, withoutBrackets } from "../network/address.ts";
import { BodyTooLarge, inflateBody, readBody } from "./http-body.ts";
import { allowedAddresses } from "./http-policy.ts";
import { watchWire, type WireWatch } from "./http-wire.ts";
import { answerLookup, Resolver } from "../network/resolver.ts";
import { systemModule } from "../system/system-module.ts";

const userAgent = "Troupe/0.1.0";

/** Beyond it, `setTimeout` fires at once. */
const longestDeadlineMs = 2 ** 31 - 1;

const mostRedirects = 5;

const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** Only for the first host. */
const credentialHeaders = new Set(["authorization", "cookie", "proxy-authorization"]);

type GetOptions = Parameters<Http["get"]>[1];

/** A GET, or a POST with its body. */
type RequestOptionsOf = GetOptions & { readonly body?: Uint8Array };

/** Parts of a {@link NodeHttp}. */
export interface NodeHttpServices {
  readonly resolver?: Resolver;
  /** For tests, where every address is local. */
  readonly isLocal?: (host: string) => boolean;
}

interface Hop {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a POST. */
  readonly body: Uint8Array | undefined;
  /** `name:password` of the first URL. */
  readonly credentials: string | undefined;
  readonly fromPublic: boolean;
}

/**
 * The real {@link Http}, for untrusted servers. Keeps no connection and always checks certificates. Resolves every
 * hop's name once, by the {@link Resolver}, and connects to an address that {@link allowedAddresses} passed. Sends no
 * credentials (of the first URL or in headers) to another origin.
 */
export class NodeHttp implements Http {
  readonly #resolver: Resolver;
  readonly #isLocal: ((host: string) => boolean) | undefined;

  constructor(services: NodeHttpServices = {}) {
    this.#resolver = services.resolver ?? new Resolver();
    this.#isLocal = services.isLocal;
  }

  async get(url: string, options: GetOptions): Promise<HttpReply> {
    return await this.#send(url, options);
  }

  async post(url: string, options: HttpPost): Promise<HttpReply> {
    return await this.#send(url, { ...options, mostRedirects: 0 });
  }

  async #send(url: string, options: RequestOptionsOf): Promise<HttpReply> {
    const first = firstHop(url, options);
    const ending = new Ending(first.url, options);
    try {
      return await Promise.race([this.#follow(first, options, ending.signal), ending.failed]);
    } finally {
      ending.close();
    }
  }

  async #follow(first: Hop, options: GetOptions, signal: AbortSignal): Promise<HttpReply> {
    let hop = first;
    for (let redirects = 0; ; redirects += 1) {
      const { addresses, fromPublic } = await this.#addressesOf(hop, options.family);
      const answer = await answerOf(hop, addresses, options.maxBodyBytes, signal);
      if ("body" in answer) return { ...answer, url: shownUrl(hop.url) };
      const most = options.mostRedirects ?? mostRedirects;
      if (redirects === most) {
        throw httpRedirectRefused(hop.url, `it redirects after ${most} redirects`);
      }
      hop = nextHop(hop, answer.location, fromPublic);
    }
  }

  async #addressesOf(hop: Hop, family: 4 | 6 | undefined) {
    const { hostname } = hop.url;
    const resolved = await this.#resolver.resolve(hostname, family).catch((error: unknown) => {
      throw httpFailed(hop.url, error);
    });
    const decision = allowedAddresses(hostname, resolved, {
      fromPublic: hop.fromPublic,
      ...(this.#isLocal === undefined ? {} : { isLocal: this.#isLocal }),
    });
    if (decision.addresses.length > 0) return decision;
    throw httpRedirectRefused(
      hop.url,
      hop.fromPublic
        ? "a public host leads to it and its address is local"
        : "its name is public and its address is local; a local host is named by its address",
    );
  }
}

/** Ends a request by its deadline or its caller. */
class Ending {
  readonly failed: Promise<never>;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #callerSignal: AbortSignal | undefined;
  readonly #onAbort: () => void;

  constructor(url: URL, { deadlineMs, signal }: GetOptions) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    const fail = (error: ActorError): void => {
      reject(error);
      this.#controller.abort();
    };
    this.#timer = setTimeout(
      () => fail(httpDeadline(url, deadlineMs)),
      Math.min(deadlineMs, longestDeadlineMs),
    );
    this.#callerSignal = signal;
    this.#onAbort = () => fail(httpAborted(url, signal?.reason));
    signal?.addEventListener("abort", this.#onAbort);
    if (signal?.aborted === true) this.#onAbort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#callerSignal?.removeEventListener("abort", this.#onAbort);
  }
}

type Answer = { readonly location: string } | Omit<HttpReply, "url">;

async function answerOf(
  hop: Hop,
  addresses: readonly string[],
  maxBodyBytes: number,
  signal: AbortSignal,
): Promise<Answer> {
  let wire: WireWatch | undefined;
  try {
    const request = requestTo(hop, addresses, signal);
    wire = watchWire(request, maxBodyBytes);
    const response = await responseOf(request, hop.body);
    try {
      const status = response.statusCode ?? 0;
      // A socket closed by the other side forgets its address.
      const remoteHost = remoteHostOf(response);
      const { location } = response.headers;
      if (redirectStatuses.has(status) && location !== undefined) return { location };
      if (Number(response.headers["content-length"] ?? 0) > maxBodyBytes) throw new BodyTooLarge();
      const sent = await readBody(response, maxBodyBytes);
      const body = inflateBody(sent, response.headers["content-encoding"], maxBodyBytes);
      return { status, body, ...(remoteHost !== undefined && { remoteHost }) };
    } finally {
      response.destroy();
    }
  } catch (error) {
    throw error instanceof BodyTooLarge || wire?.isExceeded === true
      ? httpTooLarge(hop.url, maxBodyBytes)
      : httpFailed(hop.url, error);
  }
}

function remoteHostOf({ socket }: IncomingMessage): string | undefined {
  const host = socket.remoteAddress;
  return host === undefined ? undefined : numericHost(host);
}

function responseOf(
  request: ClientRequest,
  body: Uint8Array | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("response", resolve).on("error", reject).end(body);
  });
}

function requestTo(hop: Hop, addresses: readonly string[], signal: AbortSignal): ClientRequest {
  const { url } = hop;
  const isSecure = url.protocol === "https:";
  const options: RequestOptions = {
    // Otherwise requests share connections within the process.
    agent: false,
    method: hop.body === undefined ? "GET" : "POST",
    host: withoutBrackets(url.hostname),
    path: `${url.pathname}${url.search}`,
    signal,
    headers: {
      "user-agent": userAgent,
      accept: "*/*",
      "accept-encoding": "gzip, deflate",
      ...hop.headers,
      ...(hop.body !== undefined && { "content-length": hop.body.byteLength }),
      connection: "close",
    },
    lookup: (_name, { all }, callback) => {
      process.nextTick(answerLookup, addresses, all === true, callback);
    },
    ...(url.port === "" ? {} : { port: url.port }),
    ...(hop.credentials === undefined ? {} : { auth: hop.credentials }),
  };
  return isSecure
    ? // No environment variable can disable the check.
      systemModule("node:https").request({ ...options, rejectUnauthorized: true })
    : systemModule("node:http").request(options);
}

function firstHop(text: string, options: RequestOptionsOf): Hop {
  const url = URL.parse(text);
  if (url === null) throw httpAddressRefused("the address is not a URL");
  if (!isHttp(url)) throw httpAddressRefused(`the address begins with ${url.protocol}`);
  const headers = Object.entries(options.headers ?? {});
  return {
    url,
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    body: options.body,
    credentials: credentialsOf(url),
    fromPublic: false,
  };
}

function nextHop(hop: Hop, location: string, fromPublic: boolean): Hop {
  const url = URL.parse(location, hop.url);
  if (url === null) throw httpRedirectRefused(hop.url, "it redirects to what is not a URL");
  if (!isHttp(url)) throw httpRedirectRefused(hop.url, `it redirects to ${url.protocol}`);
  if (url.origin === hop.url.origin) return { ...hop, url, fromPublic };
  const headers = Object.entries(hop.headers).filter(([name]) => !credentialHeaders.has(name));
  return { ...hop, url, headers: Object.fromEntries(headers), credentials: undefined, fromPublic };
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

function shownUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  shown.hash = "";
  return shown.href;
}

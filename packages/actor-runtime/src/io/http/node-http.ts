import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";

import type { Http, HttpClient, HttpClientOptions } from "../../ports/http.ts";
import type { HttpPost, HttpReply } from "../../ports/http.ts";
import { defaultNetworkRules } from "../network/default-rules.ts";
import { ActorError } from "../../failure.ts";
import {
  httpAborted,
  httpDeadline,
  httpFailed,
  httpTooLarge,
  proxyLogin,
  proxyLoginStatus,
} from "./http-errors.ts";
import { numericHost } from "../network/address.ts";
import { BodyTooLarge, inflateBody, readBody } from "./http-body.ts";
import {
  addressesOf,
  checkRedirects,
  firstHop,
  locationOf,
  nextHop,
  proxyHeaders,
  requestOptions,
  requestTarget,
  shownUrl,
  type Hop,
  type HopRules,
} from "./http-hop.ts";
import { openByWay, type HttpWay } from "./http-way.ts";
import { watchWire, type WireWatch } from "./http-wire.ts";
import { NodeHttpClient } from "./node-http-client.ts";
import { Resolver, type HostResolver } from "../network/resolver.ts";
import { systemModule } from "../system/system-module.ts";

/** Beyond it, `setTimeout` fires at once. */
const longestDeadlineMs = 2 ** 31 - 1;

type GetOptions = Parameters<Http["get"]>[1];

/** A GET, or a POST with its body. */
type RequestOptionsOf = GetOptions & { readonly body?: Uint8Array };

/** Parts of a {@link NodeHttp}. */
export interface NodeHttpServices {
  readonly resolver?: HostResolver;
  /** Through a proxy, or bound to an interface. Default: directly. */
  readonly way?: HttpWay;
  /** Default: that of this program. */
  readonly userAgent?: string;
  /** For tests, where every address is local. */
  readonly isLocal?: (host: string) => boolean;
}

/**
 * The real {@link Http}, for untrusted servers. Keeps no connection and always checks certificates. Resolves every
 * hop's name once, by the {@link Resolver}, and connects to an address that `allowedAddresses` passed. Sends no
 * credentials (of the first URL or in headers) to another origin.
 */
export class NodeHttp implements Http {
  readonly #resolver: HostResolver;
  readonly #way: HttpWay | undefined;
  readonly #rules: HopRules;
  readonly #userAgent: string;

  constructor(services: NodeHttpServices = {}) {
    this.#resolver = services.resolver ?? new Resolver();
    this.#way = services.way;
    this.#userAgent = services.userAgent ?? defaultNetworkRules.userAgent;
    this.#rules = services.isLocal === undefined ? {} : { isLocal: services.isLocal };
  }

  async get(url: string, options: GetOptions): Promise<HttpReply> {
    return await this.#send(url, options);
  }

  async post(url: string, options: HttpPost): Promise<HttpReply> {
    return await this.#send(url, { ...options, mostRedirects: 0 });
  }

  async #send(url: string, options: RequestOptionsOf): Promise<HttpReply> {
    const first = firstHop(url, { ...options, userAgent: this.#userAgent });
    const ending = new Ending(first.url, options);
    try {
      return await Promise.race([this.#follow(first, options, ending.signal), ending.failed]);
    } finally {
      ending.close();
    }
  }

  async openClient(options: HttpClientOptions): Promise<HttpClient> {
    const { allow, mayDial } = options;
    const rules = { ...this.#rules, allow, ...(mayDial !== undefined && { mayDial }) };
    const [resolver, userAgent, way] = [this.#resolver, this.#userAgent, this.#way];
    const services = { resolver, rules, userAgent, way };
    return new NodeHttpClient(services, options);
  }

  async #follow(first: Hop, options: GetOptions, signal: AbortSignal): Promise<HttpReply> {
    const { family, mayDial } = options;
    const rules = mayDial === undefined ? this.#rules : { ...this.#rules, mayDial };
    let hop = first;
    for (let redirects = 0; ; redirects += 1) {
      const { addresses, fromPublic } = await addressesOf(hop, this.#resolver, rules, family);
      const request = () => requestTo(hop, addresses, signal, this.#way);
      const answer = await answerOf(hop, request, options.maxBodyBytes);
      if ("body" in answer) return { ...answer, url: shownUrl(hop.url) };
      if (options.redirects === "return")
        return { ...answer, body: new Uint8Array(), url: shownUrl(hop.url) };
      checkRedirects(redirects, hop, options.mostRedirects);
      hop = nextHop(hop, answer.location, fromPublic);
    }
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

type Answer = { readonly status: number; readonly location: string } | Omit<HttpReply, "url">;

async function answerOf(
  hop: Hop,
  begin: () => ReturnType<typeof requestTo>,
  maxBodyBytes: number,
): Promise<Answer> {
  let wire: WireWatch | undefined;
  try {
    const { request, isForProxy } = begin();
    wire = watchWire(request, maxBodyBytes);
    const response = await responseOf(request, hop.body);
    try {
      const status = response.statusCode ?? 0;
      if (isForProxy && status === proxyLoginStatus) throw proxyLogin();
      // A socket closed by the other side forgets its address.
      const remoteHost = remoteHostOf(response);
      const location = locationOf(status, response.headers.location);
      if (location !== undefined) return { status, location };
      if (Number(response.headers["content-length"] ?? 0) > maxBodyBytes) throw new BodyTooLarge();
      const sent = await readBody(response, maxBodyBytes);
      const body = inflateBody(sent, response.headers["content-encoding"], maxBodyBytes);
      const host = remoteHost !== undefined && { remoteHost };
      return { status, body, ...host, ...fieldsOf(response.headers) };
    } finally {
      response.destroy();
    }
  } catch (error) {
    throw error instanceof BodyTooLarge || wire?.isExceeded === true
      ? httpTooLarge(hop.url, maxBodyBytes)
      : httpFailed(hop.url, error);
  }
}

function fieldsOf({
  etag,
  "last-modified": lastModified,
  "retry-after": retryAfter,
}: IncomingMessage["headers"]): Pick<HttpReply, "etag" | "lastModified" | "retryAfter"> {
  return {
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
    ...(retryAfter !== undefined && { retryAfter }),
  };
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

/** A request that is not sent yet, and whether the proxy itself gets it. */
function requestTo(
  hop: Hop,
  addresses: readonly string[],
  signal: AbortSignal,
  way: HttpWay | undefined,
): { readonly request: ClientRequest; readonly isForProxy: boolean } {
  const shared = requestOptions(hop, addresses);
  const form = way?.formOf(hop.url);
  const headers = {
    "accept-encoding": "gzip, deflate",
    ...shared.headers,
    ...(hop.body !== undefined && { "content-length": hop.body.byteLength }),
    ...proxyHeaders(form),
    connection: "close",
  };
  const method = hop.body === undefined ? "GET" : "POST";
  const options: RequestOptions = { ...shared, method, signal, headers };
  if (way === undefined) return { request: directly(hop, options), isForProxy: false };
  const request = systemModule("node:http").request({
    ...options,
    path: requestTarget(hop.url, form),
    headers: { host: hop.url.host, ...headers },
    createConnection: () => openByWay(way, hop.url, addresses),
  });
  return { request, isForProxy: form !== undefined };
}

function directly(hop: Hop, shared: RequestOptions): ClientRequest {
  // Otherwise requests share connections within the process.
  const options = { ...shared, agent: false };
  return hop.url.protocol === "https:"
    ? // No environment variable can disable the check.
      systemModule("node:https").request({ ...options, rejectUnauthorized: true })
    : systemModule("node:http").request(options);
}

import type { Http, HttpClientOptions, HttpPost, HttpReply } from "../../ports/http.ts";
import { httpAborted, httpAddressRefused, httpDeadline } from "../../io/http/http-errors.ts";
import { httpFailed, httpRedirectRefused, httpTooLarge } from "../../io/http/http-errors.ts";
import { allowedAddresses } from "../../io/http/http-policy.ts";
import { isNumericHost, withoutBrackets } from "../../io/network/address.ts";
import { systemError } from "../../errors.ts";
import type { Scheduler } from "../scheduler.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { SimulatedHttpClient } from "./simulated-http-client.ts";
import { bytesOf } from "./simulated-reply.ts";
import type { HttpHandler, SimulatedReply, SimulatedRequest } from "./simulated-reply.ts";
import type { SimulatedNames } from "./simulated-names.ts";

const mostRedirects = 5;

/** From this to twice this in each direction, seeded. */
const leastTravelMs = 20;

type RequestOptions = Parameters<Http["get"]>[1] & Partial<Pick<HttpPost, "body">>;

/** The client's side of a request and its redirects. */
interface SimulatedExchange {
  readonly options: Pick<
    RequestOptions,
    "family" | "headers" | "body" | "mostRedirects" | "mayDial" | "redirects"
  > &
    Partial<Pick<HttpClientOptions, "allow">>;
  readonly addresses: readonly string[];
  readonly answered: (url: URL, reply: SimulatedReply) => void;
  readonly failed: (error: Error) => void;
}

/** One request of an exchange. */
interface Hop {
  readonly url: URL;
  readonly redirects: number;
  readonly fromPublic: boolean;
}

/**
 * The web of a simulated world, answered by handlers. A URL without a handler has no host. Hosts follow the rules of the
 * real client; a name without an address is a public host.
 */
export class SimulatedHttp {
  readonly #scheduler: Scheduler;
  readonly #random: SeededRandom;
  readonly #trace: (what: string) => void;
  readonly #names: Pick<SimulatedNames, "addressesOf">;
  readonly #handlers = new Map<string, HttpHandler>();

  constructor(
    scheduler: Scheduler,
    random: SeededRandom,
    trace: (what: string) => void,
    names: Pick<SimulatedNames, "addressesOf">,
  ) {
    this.#names = names;
    this.#scheduler = scheduler;
    this.#random = random;
    this.#trace = trace;
  }

  /** A URL with any query; or, for an origin, all its paths without a handler. */
  serve(url: string, handler: HttpHandler): void {
    this.#handlers.set(keyOf(new URL(url)), handler);
  }

  client(addresses: readonly string[]): Http {
    return {
      get: (url, options) => this.#request(addresses, url, options),
      post: (url, options) => this.#request(addresses, url, { ...options, mostRedirects: 0 }),
      openClient: async ({ allow, mayDial }) =>
        new SimulatedHttpClient(this.#scheduler, (url, headers, answered, failed) => {
          const exchange = {
            options: { headers, allow, ...(mayDial && { mayDial }) },
            addresses,
            answered,
            failed,
          };
          this.#send({ url, redirects: 0, fromPublic: false }, exchange);
        }),
    };
  }

  #request(
    addresses: readonly string[],
    text: string,
    options: RequestOptions,
  ): Promise<HttpReply> {
    const url = URL.parse(text);
    if (url === null) return Promise.reject(httpAddressRefused("the address is not a URL"));
    const { promise, resolve, reject } = Promise.withResolvers<HttpReply>();
    const { deadlineMs, signal } = options;
    const deadline = this.#scheduler.after(deadlineMs, () => reject(httpDeadline(url, deadlineMs)));
    const abort = (): void => reject(httpAborted(url, signal?.reason));
    signal?.addEventListener("abort", abort);
    if (signal?.aborted === true) abort();
    else {
      const first = { url, redirects: 0, fromPublic: false };
      const answered = (from: URL, reply: SimulatedReply): void => {
        const body = bytesOf(reply.body ?? "");
        const { maxBodyBytes, family } = options;
        if (body.byteLength > maxBodyBytes) reject(httpTooLarge(from, maxBodyBytes));
        else
          resolve({
            status: reply.status ?? (reply.redirect === undefined ? 200 : 302),
            body,
            url: from.href,
            ...this.#remoteHost(from, family),
            ...answerFields(reply),
          });
      };
      this.#send(first, { options, addresses, answered, failed: reject });
    }
    return promise.finally(() => {
      deadline.cancel();
      signal?.removeEventListener("abort", abort);
    });
  }

  #send(hop: Hop, exchange: SimulatedExchange): void {
    const { url } = hop;
    const { family, headers = {}, body } = exchange.options;
    const from = ofFamily(exchange.addresses, family)[0];
    if (from === undefined) {
      return exchange.failed(httpFailed(url, systemError("ENETUNREACH", "no such family")));
    }
    const known = this.#names.addressesOf(url.hostname);
    if (known.length > 0 && ofFamily(known, family).length === 0) {
      return exchange.failed(httpFailed(url, systemError("ENOTFOUND", "no such family")));
    }
    const fromPublic = this.#isPublicHop(hop, ofFamily(known, family), exchange);
    if (fromPublic === undefined) {
      return exchange.failed(httpRedirectRefused(url, "its address is refused"));
    }
    this.#trace(`http ${from} ${body === undefined ? "get" : "post"} ${url.href}`);
    this.#scheduler.after(this.#travelMs(), () => {
      this.#answer({ url, headers, from, ...(body !== undefined && { body }) }).then(
        (reply) => this.#sendBack({ ...hop, fromPublic }, reply, exchange),
        (error: unknown) => exchange.failed(httpFailed(url, error)),
      );
    });
  }

  /** @returns Undefined when the hop is refused. */
  #isPublicHop(
    { url, fromPublic }: Hop,
    addresses: readonly string[],
    { options: { allow = "any", mayDial } }: SimulatedExchange,
  ): boolean | undefined {
    if (addresses.length === 0) return true;
    const source = isNumericHost(withoutBrackets(url.hostname)) ? "numeric" : "dns";
    const hasQuery = url.search !== "";
    const policy = { fromPublic, allow, hasQuery, ...(mayDial && { mayDial }) };
    const decision = allowedAddresses(url.hostname, { addresses, source }, policy);
    return decision.addresses.length === 0 ? undefined : decision.fromPublic;
  }

  async #answer(request: SimulatedRequest): Promise<SimulatedReply> {
    const { url } = request;
    const handler = this.#handlers.get(keyOf(url)) ?? this.#handlers.get(`${url.origin}/`);
    if (handler === undefined) throw systemError("ENOTFOUND", `nobody serves ${url.origin}`);
    return handler(request);
  }

  #sendBack(hop: Hop, reply: SimulatedReply, exchange: SimulatedExchange): void {
    const { url } = hop;
    this.#scheduler.after((reply.delayMs ?? 0) + this.#travelMs(), () => {
      const isReturned = exchange.options.redirects === "return";
      if (reply.redirect !== undefined && !isReturned) {
        return this.#redirect(hop, reply.redirect, exchange);
      }
      this.#trace(
        `http ${url.href} answered ${reply.status ?? 200}, ${reply.body?.length ?? 0} bytes`,
      );
      exchange.answered(url, reply);
    });
  }

  #redirect(hop: Hop, location: string, exchange: SimulatedExchange): void {
    const url = URL.parse(location, hop.url);
    const most = exchange.options.mostRedirects ?? mostRedirects;
    if (url === null || hop.redirects === most) {
      return exchange.failed(httpRedirectRefused(hop.url, `it redirects to ${location}`));
    }
    this.#send({ ...hop, url, redirects: hop.redirects + 1 }, exchange);
  }

  /** A served origin may have no address. */
  #remoteHost({ hostname }: URL, family: 4 | 6 | undefined): { readonly remoteHost?: string } {
    const [remoteHost] = ofFamily(this.#names.addressesOf(hostname), family);
    return remoteHost === undefined ? {} : { remoteHost };
  }

  #travelMs(): number {
    return leastTravelMs * (1 + this.#random.next());
  }
}

function answerFields({
  headers = {},
  redirect,
}: SimulatedReply): Pick<HttpReply, "etag" | "lastModified" | "location" | "retryAfter"> {
  const { etag, "last-modified": lastModified, "retry-after": retryAfter } = headers;
  return {
    ...(redirect !== undefined && { location: redirect }),
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
    ...(retryAfter !== undefined && { retryAfter }),
  };
}

function ofFamily(hosts: readonly string[], family: 4 | 6 | undefined): readonly string[] {
  return family === undefined
    ? hosts
    : hosts.filter((host) => host.includes(":") === (family === 6));
}

function keyOf(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

import type { Http, HttpPost, HttpReply } from "../../ports/http.ts";
import { httpAborted, httpAddressRefused, httpDeadline } from "../../io/http/http-errors.ts";
import { httpFailed, httpRedirectRefused, httpTooLarge } from "../../io/http/http-errors.ts";
import { allowedAddresses } from "../../io/http/http-policy.ts";
import { isNumericHost, withoutBrackets } from "../../io/network/address.ts";
import { systemError } from "../../errors.ts";
import type { Scheduler } from "../scheduler.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { SimulatedNames } from "./simulated-names.ts";

const mostRedirects = 5;

/** From this to twice this in each direction, seeded. */
const leastTravelMs = 20;

/** A request to a handler. */
export interface SimulatedRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a POST. */
  readonly body?: Uint8Array;
  /** Of the client, in the requested family. */
  readonly from: string;
}

/** The answer of a handler. */
export interface SimulatedReply {
  /** Default 200. */
  readonly status?: number;
  readonly body?: Uint8Array | string;
  /** A redirect to this URL. */
  readonly redirect?: string;
  /** Of the server. Default 0. */
  readonly delayMs?: number;
}

/**
 * A thrown error breaks the connection, with its `code`. A promise that never settles is a server that never answers.
 */
export type HttpHandler = (request: SimulatedRequest) => SimulatedReply | Promise<SimulatedReply>;

type RequestOptions = Parameters<Http["get"]>[1] & Partial<Pick<HttpPost, "body">>;

interface Exchange {
  readonly options: RequestOptions;
  readonly addresses: readonly string[];
  readonly resolve: (reply: HttpReply) => void;
  readonly reject: (error: Error) => void;
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
      this.#send(first, { options, addresses, resolve, reject });
    }
    return promise.finally(() => {
      deadline.cancel();
      signal?.removeEventListener("abort", abort);
    });
  }

  #send(hop: Hop, exchange: Exchange): void {
    const { url } = hop;
    const { family, headers = {}, body } = exchange.options;
    const from = ofFamily(exchange.addresses, family)[0];
    if (from === undefined) {
      return exchange.reject(httpFailed(url, systemError("ENETUNREACH", "no such family")));
    }
    const known = this.#names.addressesOf(url.hostname);
    if (known.length > 0 && ofFamily(known, family).length === 0) {
      return exchange.reject(httpFailed(url, systemError("ENOTFOUND", "no such family")));
    }
    const fromPublic = this.#isPublicHop(hop, ofFamily(known, family));
    if (fromPublic === undefined) {
      return exchange.reject(httpRedirectRefused(url, "a public host or name has a local address"));
    }
    this.#trace(`http ${from} ${body === undefined ? "get" : "post"} ${url.href}`);
    this.#scheduler.after(this.#travelMs(), () => {
      this.#answer({ url, headers, from, ...(body !== undefined && { body }) }).then(
        (reply) => this.#sendBack({ ...hop, fromPublic }, reply, exchange),
        (error: unknown) => exchange.reject(httpFailed(url, error)),
      );
    });
  }

  /** @returns Undefined when the hop is refused. */
  #isPublicHop({ url, fromPublic }: Hop, addresses: readonly string[]): boolean | undefined {
    if (addresses.length === 0) return true;
    const source = isNumericHost(withoutBrackets(url.hostname)) ? "numeric" : "dns";
    const decision = allowedAddresses(url.hostname, { addresses, source }, { fromPublic });
    return decision.addresses.length === 0 ? undefined : decision.fromPublic;
  }

  async #answer(request: SimulatedRequest): Promise<SimulatedReply> {
    const { url } = request;
    const handler = this.#handlers.get(keyOf(url)) ?? this.#handlers.get(`${url.origin}/`);
    if (handler === undefined) throw systemError("ENOTFOUND", `nobody serves ${url.origin}`);
    return handler(request);
  }

  #sendBack(hop: Hop, reply: SimulatedReply, exchange: Exchange): void {
    const { url } = hop;
    this.#scheduler.after((reply.delayMs ?? 0) + this.#travelMs(), () => {
      if (reply.redirect !== undefined) {
        return this.#redirect(hop, reply.redirect, exchange);
      }
      const body = bytesOf(reply.body ?? "");
      const status = reply.status ?? 200;
      this.#trace(`http ${url.href} answered ${status}, ${body.byteLength} bytes`);
      const { maxBodyBytes, family } = exchange.options;
      if (body.byteLength > maxBodyBytes) exchange.reject(httpTooLarge(url, maxBodyBytes));
      else exchange.resolve({ status, body, url: url.href, ...this.#remoteHost(url, family) });
    });
  }

  #redirect(hop: Hop, location: string, exchange: Exchange): void {
    const url = URL.parse(location, hop.url);
    const most = exchange.options.mostRedirects ?? mostRedirects;
    if (url === null || hop.redirects === most) {
      return exchange.reject(httpRedirectRefused(hop.url, `it redirects to ${location}`));
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

function ofFamily(hosts: readonly string[], family: 4 | 6 | undefined): readonly string[] {
  return family === undefined
    ? hosts
    : hosts.filter((host) => host.includes(":") === (family === 6));
}

function keyOf(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

/** The handler may keep its memory. */
function bytesOf(body: Uint8Array | string): Uint8Array {
  return typeof body === "string" ? new TextEncoder().encode(body) : body.slice();
}

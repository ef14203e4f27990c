import type {
  Http,
  HttpClient,
  HttpClientOptions,
  HttpExchange,
  HttpExchangeHandlers,
  HttpPost,
  HttpReply,
  HttpRequest,
} from "../../ports/http.ts";
import { httpAddressRefused, httpFailed } from "../../io/http/http-errors.ts";
import { ProxiedStream } from "../../proxy/proxied-stream.ts";
import type { ProxyAccess } from "../../proxy/proxy-access.ts";
import { proxyFailure, requestForUrl } from "../../proxy/request-for-url.ts";

const dialMs = 60_000;

/**
 * The simulated web through a proxy: the proxy lets a request pass by a handshake over simulated TCP, then the web answers
 * the machine of the proxy.
 */
export class SimulatedProxiedHttp implements Http {
  readonly #access: ProxyAccess;
  readonly #web: Http;

  /** @param web The web as the machine of the proxy sees it. */
  constructor(access: ProxyAccess, web: Http) {
    this.#access = access;
    this.#web = web;
  }

  async get(url: string, options: Parameters<Http["get"]>[1]): Promise<HttpReply> {
    await this.#pass(url);
    return await this.#web.get(url, options);
  }

  async post(url: string, options: HttpPost): Promise<HttpReply> {
    await this.#pass(url);
    return await this.#web.post(url, options);
  }

  async openClient(options: HttpClientOptions): Promise<HttpClient> {
    const client = await this.#web.openClient(options);
    return {
      open: (url, request, handlers) => this.#open(client, { url, request, handlers }),
      close: () => client.close(),
    };
  }

  #open(
    client: HttpClient,
    asked: {
      readonly url: string;
      readonly request: HttpRequest;
      readonly handlers: HttpExchangeHandlers;
    },
  ): HttpExchange {
    let exchange: HttpExchange | undefined;
    let isDestroyed = false;
    const { url, request, handlers } = asked;
    this.#pass(url).then(
      () => {
        if (isDestroyed) handlers.closed(undefined);
        else exchange = client.open(url, request, handlers);
      },
      (error: unknown) => handlers.closed(isDestroyed ? undefined : (error as Error)),
    );
    return {
      pause: () => exchange?.pause(),
      resume: () => exchange?.resume(),
      destroy() {
        isDestroyed = true;
        exchange?.destroy();
      },
    };
  }

  /** @throws rejects with ActorError `http-failed` and the proxy's code as its cause. */
  #pass(text: string): Promise<void> {
    const url = URL.parse(text);
    if (url === null) return Promise.reject(httpAddressRefused("the address is not a URL"));
    const request = requestForUrl(this.#access, url);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stream = new ProxiedStream(this.#access, request, {
      opened() {
        stream.destroy();
        resolve();
      },
      bytes: () => undefined,
      closed: (_, reason) =>
        reject(httpFailed(url, proxyFailure(this.#access, request, reason ?? "proxy-unreachable"))),
    });
    stream.start({ timeoutMs: dialMs });
    return promise;
  }
}

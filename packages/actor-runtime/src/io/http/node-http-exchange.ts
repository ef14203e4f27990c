import type { HttpExchange, HttpExchangeHandlers, HttpRequest } from "../../ports/http.ts";
import { numericHost } from "../network/address.ts";
import { type HttpConnection, WireExceeded, isStale } from "./http-connection.ts";
import {
  httpDeadline,
  httpFailed,
  httpTooLarge,
  proxyLogin,
  proxyLoginStatus,
} from "./http-errors.ts";
import {
  addressesOf,
  checkRedirects,
  firstHop,
  locationOf,
  nextHop,
  requestText,
  shownUrl,
  type Hop,
} from "./http-hop.ts";
import type { ResponseHead } from "./http-response-reader.ts";
import type { NodeHttpClient } from "./node-http-client.ts";

/** The outcome of a hop: its body goes to the owner, or another hop follows. */
type Outcome = "delivered" | "not-served" | { readonly location: string };

/** The real {@link HttpExchange}. */
export class NodeHttpExchange implements HttpExchange {
  readonly #client: NodeHttpClient;
  readonly #request: HttpRequest;
  readonly #handlers: HttpExchangeHandlers;
  readonly #onClose: () => void;
  readonly #controller = new AbortController();
  #deadline: NodeJS.Timeout | undefined;
  /** The connection of the hop under way. */
  #connection: HttpConnection | undefined;
  #receivedBytes = 0;
  #isPaused = false;
  #isClosed = false;

  constructor(
    client: NodeHttpClient,
    request: HttpRequest,
    handlers: HttpExchangeHandlers,
    onClose: () => void,
  ) {
    this.#client = client;
    this.#request = request;
    this.#handlers = handlers;
    this.#onClose = onClose;
  }

  /** Call it once. */
  start(url: string): void {
    this.#run(url).catch((error: unknown) => this.#close(error as Error));
  }

  pause(): void {
    this.#isPaused = true;
    this.#connection?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#connection?.resume();
  }

  destroy(): void {
    this.#close(undefined);
  }

  async #run(text: string): Promise<void> {
    const first = this.#firstHop(text);
    const { headDeadlineMs } = this.#request;
    this.#deadline = setTimeout(
      () => this.#close(httpDeadline(first.url, headDeadlineMs)),
      headDeadlineMs,
    );
    const remembered = this.#client.redirectionOf(text);
    if (remembered !== undefined) {
      if (await this.#isServedBy(remembered, first)) return;
      this.#client.setRedirection(text, undefined);
    }
    const last = await this.#follow(first, false);
    if (last !== undefined && last !== first) this.#client.setRedirection(text, last);
  }

  #firstHop(text: string): Hop {
    const { range, headers } = this.#request;
    return firstHop(text, {
      userAgent: this.#client.userAgent,
      headers: {
        ...headers,
        "accept-encoding": "identity",
        ...(range !== undefined && { range: `bytes=${range.begin}-${range.end - 1}` }),
      },
    });
  }

  /** The target of an earlier redirect may not serve the document any more. */
  async #isServedBy(remembered: Hop, { headers }: Hop): Promise<boolean> {
    const { range } = headers;
    const hop = { ...remembered, headers: { ...remembered.headers, ...(range && { range }) } };
    try {
      return (await this.#follow(hop, true)) !== undefined;
    } catch (error) {
      if (this.#controller.signal.aborted) throw error;
      return false;
    }
  }

  /**
   * @param mustServe Nothing is delivered unless the document is there.
   * @returns The last hop, which has served the document; undefined if it has not.
   */
  async #follow(first: Hop, mustServe: boolean): Promise<Hop | undefined> {
    let hop = first;
    for (let redirects = 0; ; redirects += 1) {
      const { resolver, rules } = this.#client;
      const { addresses, fromPublic } = await addressesOf(hop, resolver, rules);
      const outcome = await this.#ask(hop, addresses, mustServe);
      if (outcome === "not-served") return undefined;
      if (outcome === "delivered") return hop;
      checkRedirects(redirects, hop);
      hop = nextHop(hop, outcome.location, fromPublic);
    }
  }

  /** Again when the server has closed a kept connection. */
  async #ask(hop: Hop, addresses: readonly string[], mustServe: boolean): Promise<Outcome> {
    for (;;) {
      this.#controller.signal.throwIfAborted();
      const connection = this.#client.connections.take(hop.url, addresses);
      const { wasUsed } = connection;
      try {
        return await this.#send(hop, connection, mustServe);
      } catch (error) {
        if (wasUsed && isStale(error)) continue;
        throw this.#failureOf(hop, error);
      }
    }
  }

  /** Rejects when there is no head. */
  #send(hop: Hop, connection: HttpConnection, mustServe: boolean): Promise<Outcome> {
    this.#connection = connection;
    if (this.#isPaused) connection.pause();
    else connection.resume();
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    let isDelivered = false;
    const form = this.#client.way?.formOf(hop.url);
    connection.send(requestText(hop, form), this.#request.maxBodyBytes, {
      head: (head) => {
        if (form !== undefined && head.status === proxyLoginStatus) {
          connection.destroy();
          return reject(proxyLogin());
        }
        const outcome = outcomeOf(head, mustServe);
        isDelivered = outcome === "delivered";
        if (isDelivered) this.#deliverHead(hop, head, connection);
        else connection.destroy();
        resolve(isServed(head) || !isDelivered ? outcome : "not-served");
      },
      body: (chunk) => this.#deliver(chunk, hop),
      end: () => this.#ended(hop, connection),
      failed: (error) => {
        if (isDelivered) this.#close(this.#failureOf(hop, error));
        else reject(error);
      },
    });
    return promise;
  }

  #deliverHead(hop: Hop, { status, headers }: ResponseHead, { remoteHost }: HttpConnection): void {
    clearTimeout(this.#deadline);
    this.#handlers.head({
      status,
      headers,
      url: shownUrl(hop.url),
      ...(remoteHost !== undefined && { remoteHost: numericHost(remoteHost) }),
    });
  }

  #deliver(chunk: Uint8Array, { url }: Hop): void {
    if (this.#isClosed) return;
    const { maxBodyBytes } = this.#request;
    const roomBytes = maxBodyBytes - this.#receivedBytes;
    this.#receivedBytes += chunk.byteLength;
    this.#handlers.bytes(chunk.byteLength > roomBytes ? chunk.subarray(0, roomBytes) : chunk);
    if (chunk.byteLength > roomBytes) this.#close(httpTooLarge(url, maxBodyBytes));
  }

  #ended({ url }: Hop, connection: HttpConnection): void {
    if (this.#isClosed) return;
    this.#connection = undefined;
    this.#client.connections.keep(url, connection);
    this.#close(undefined);
  }

  #failureOf({ url }: Hop, error: unknown): Error {
    return error instanceof WireExceeded
      ? httpTooLarge(url, this.#request.maxBodyBytes)
      : httpFailed(url, error);
  }

  #close(error: Error | undefined): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#deadline);
    this.#controller.abort();
    this.#connection?.destroy();
    this.#onClose();
    setImmediate(() => this.#handlers.closed(error));
  }
}

function isServed({ status }: ResponseHead): boolean {
  return status < 300;
}

function outcomeOf(head: ResponseHead, mustServe: boolean): Outcome {
  const location = locationOf(head.status, head.headers["location"]);
  if (location !== undefined) return { location };
  return mustServe && !isServed(head) ? "not-served" : "delivered";
}

import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";

import type {
  HttpExchange,
  HttpExchangeHandlers,
  HttpHead,
  HttpRequest,
} from "../../ports/http.ts";
import { systemError } from "../../errors.ts";
import { numericHost } from "../network/address.ts";
import { systemModule } from "../system/system-module.ts";
import { httpDeadline, httpFailed, httpTooLarge } from "./http-errors.ts";
import {
  addressesOf,
  checkRedirects,
  firstHop,
  locationOf,
  nextHop,
  requestOptions,
  shownUrl,
  type Hop,
} from "./http-hop.ts";
import { watchWire, type WireWatch } from "./http-wire.ts";
import type { NodeHttpClient } from "./node-http-client.ts";

const maxHeadBytes = 16_384;

interface Answer {
  readonly hop: Hop;
  readonly response: IncomingMessage;
  readonly wire: WireWatch;
}

/** The real {@link HttpExchange}. */
export class NodeHttpExchange implements HttpExchange {
  readonly #client: NodeHttpClient;
  readonly #request: HttpRequest;
  readonly #handlers: HttpExchangeHandlers;
  readonly #onClose: () => void;
  readonly #controller = new AbortController();
  #deadline: NodeJS.Timeout | undefined;
  #response: IncomingMessage | undefined;
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
    this.#answerTo(url).then(
      (answer) => this.#receive(answer),
      (error: unknown) => this.#close(error as Error),
    );
  }

  pause(): void {
    this.#isPaused = true;
    this.#response?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (!this.#isClosed) this.#response?.resume();
  }

  destroy(): void {
    this.#close(undefined);
  }

  async #answerTo(text: string): Promise<Answer> {
    const first = this.#firstHop(text);
    const { headDeadlineMs } = this.#request;
    this.#deadline = setTimeout(
      () => this.#close(httpDeadline(first.url, headDeadlineMs)),
      headDeadlineMs,
    );
    const remembered = this.#client.redirectionOf(text);
    if (remembered !== undefined) {
      const answer = await this.#askAgain(remembered, first);
      if (answer !== undefined) return answer;
      this.#client.setRedirection(text, undefined);
    }
    const answer = await this.#follow(first);
    if (answer.hop !== first && isServed(answer)) this.#client.setRedirection(text, answer.hop);
    return answer;
  }

  #firstHop(text: string): Hop {
    const { range, headers } = this.#request;
    return firstHop(text, {
      headers: {
        ...headers,
        "accept-encoding": "identity",
        ...(range !== undefined && { range: `bytes=${range.begin}-${range.end - 1}` }),
      },
    });
  }

  /** @returns Undefined when the target of an earlier redirect does not serve the document any more. */
  async #askAgain(remembered: Hop, { headers }: Hop): Promise<Answer | undefined> {
    const { range } = headers;
    const hop = { ...remembered, headers: { ...remembered.headers, ...(range && { range }) } };
    const answer = await this.#follow(hop).catch(() => undefined);
    if (answer === undefined || isServed(answer)) return answer;
    answer.response.destroy();
    return undefined;
  }

  async #follow(first: Hop): Promise<Answer> {
    let hop = first;
    for (let redirects = 0; ; redirects += 1) {
      this.#controller.signal.throwIfAborted();
      const { resolver, rules } = this.#client;
      const { addresses, fromPublic } = await addressesOf(hop, resolver, rules);
      const answer = await this.#ask(hop, addresses);
      const { statusCode, headers } = answer.response;
      const location = locationOf(statusCode, headers.location);
      if (location === undefined) return answer;
      answer.response.destroy();
      checkRedirects(redirects, hop);
      hop = nextHop(hop, location, fromPublic);
    }
  }

  /** Again when the server has closed a kept connection. */
  async #ask(hop: Hop, addresses: readonly string[]): Promise<Answer> {
    for (;;) {
      const request = this.#send(hop, addresses);
      const wire = watchWire(request, this.#request.maxBodyBytes);
      try {
        return { hop, wire, response: await responseOf(request) };
      } catch (error) {
        if (wire.isExceeded) throw httpTooLarge(hop.url, this.#request.maxBodyBytes);
        if (!request.reusedSocket || this.#isClosed) throw httpFailed(hop.url, error);
      }
    }
  }

  #send(hop: Hop, addresses: readonly string[]): ClientRequest {
    const { agent, release } = this.#client.agents.take(hop.url);
    const options: RequestOptions = {
      ...requestOptions(hop, addresses),
      agent,
      maxHeaderSize: maxHeadBytes,
      signal: this.#controller.signal,
    };
    const isSecure = hop.url.protocol === "https:";
    const { request } = isSecure ? systemModule("node:https") : systemModule("node:http");
    return request(options).once("close", release);
  }

  #receive({ hop, response, wire }: Answer): void {
    clearTimeout(this.#deadline);
    if (this.#isClosed) {
      response.destroy();
      return;
    }
    this.#response = response;
    const { maxBodyBytes } = this.#request;
    response
      .on("data", (chunk: Uint8Array) => this.#deliver(chunk, hop))
      .once("end", () => this.#close(undefined))
      .on("error", (error) =>
        this.#close(
          wire.isExceeded ? httpTooLarge(hop.url, maxBodyBytes) : httpFailed(hop.url, error),
        ),
      )
      .once("close", () => this.#close(httpFailed(hop.url, systemError("ECONNRESET", "cut"))));
    if (this.#isPaused) response.pause();
    this.#handlers.head(headOf(hop, response));
  }

  #deliver(chunk: Uint8Array, { url }: Hop): void {
    if (this.#isClosed) return;
    const { maxBodyBytes } = this.#request;
    const roomBytes = maxBodyBytes - this.#receivedBytes;
    this.#receivedBytes += chunk.byteLength;
    this.#handlers.bytes(chunk.byteLength > roomBytes ? chunk.subarray(0, roomBytes) : chunk);
    if (chunk.byteLength > roomBytes) this.#close(httpTooLarge(url, maxBodyBytes));
  }

  #close(error: Error | undefined): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#deadline);
    // A connection whose body has ended is kept.
    if (this.#response?.readableEnded !== true) {
      this.#controller.abort();
      this.#response?.destroy();
    }
    this.#onClose();
    setImmediate(() => this.#handlers.closed(error));
  }
}

function isServed({ response }: Answer): boolean {
  return (response.statusCode ?? 0) < 300;
}

function responseOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("response", resolve).on("error", reject).end();
  });
}

function headOf({ url }: Hop, { statusCode, headers, socket }: IncomingMessage): HttpHead {
  const remoteHost = socket.remoteAddress;
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return {
    status: statusCode ?? 0,
    headers: Object.fromEntries(texts) as Record<string, string>,
    url: shownUrl(url),
    ...(remoteHost !== undefined && { remoteHost: numericHost(remoteHost) }),
  };
}

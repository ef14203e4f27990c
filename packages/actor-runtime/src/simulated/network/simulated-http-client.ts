import type { HttpClient, HttpExchange, HttpExchangeHandlers } from "../../ports/http.ts";
import type { HttpRequest } from "../../ports/http.ts";
import { systemError } from "../../errors.ts";
import { httpAddressRefused, httpDeadline } from "../../io/http/http-errors.ts";
import { httpFailed, httpTooLarge } from "../../io/http/http-errors.ts";
import type { Scheduler } from "../scheduler.ts";
import { bytesOf, type BodyPlan, type SimulatedReply } from "./simulated-reply.ts";

/** Sends a GET, redirects included; calls `answered` or `failed` once, later. */
type Send = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  answered: (url: URL, reply: SimulatedReply) => void,
  failed: (error: Error) => void,
) => void;

/** Exchanges in virtual time; it remembers no redirects. */
export class SimulatedHttpClient implements HttpClient {
  readonly #scheduler: Scheduler;
  readonly #send: Send;
  readonly #open = new Set<SimulatedHttpExchange>();

  constructor(scheduler: Scheduler, send: Send) {
    this.#scheduler = scheduler;
    this.#send = send;
  }

  open(text: string, request: HttpRequest, handlers: HttpExchangeHandlers): HttpExchange {
    const exchange = new SimulatedHttpExchange(this.#scheduler, request, handlers, () => {
      this.#open.delete(exchange);
    });
    this.#open.add(exchange);
    exchange.start(text, this.#send);
    return exchange;
  }

  close(): void {
    for (const exchange of this.#open) exchange.destroy();
  }
}

class SimulatedHttpExchange implements HttpExchange {
  readonly #scheduler: Scheduler;
  readonly #request: HttpRequest;
  readonly #handlers: HttpExchangeHandlers;
  readonly #onClose: () => void;
  #url: URL = new URL("http://unknown.invalid");
  #body: Uint8Array = new Uint8Array();
  #plan: BodyPlan = {};
  #sentBytes = 0;
  #isPaused = false;
  #isDue = false;
  #isClosed = false;

  constructor(
    scheduler: Scheduler,
    request: HttpRequest,
    handlers: HttpExchangeHandlers,
    onClose: () => void,
  ) {
    this.#scheduler = scheduler;
    this.#request = request;
    this.#handlers = handlers;
    this.#onClose = onClose;
  }

  start(text: string, send: Send): void {
    const url = URL.parse(text);
    if (url === null) return this.#close(httpAddressRefused("the address is not a URL"));
    const { range, headDeadlineMs, headers } = this.#request;
    const deadline = this.#scheduler.after(headDeadlineMs, () =>
      this.#close(httpDeadline(url, headDeadlineMs)),
    );
    const rangeHeader = range && { range: `bytes=${range.begin}-${range.end - 1}` };
    const answered = (from: URL, reply: SimulatedReply): void => {
      deadline.cancel();
      this.#answered(from, reply);
    };
    const failed = (error: Error): void => {
      deadline.cancel();
      this.#close(error);
    };
    send(url, { "accept-encoding": "identity", ...headers, ...rangeHeader }, answered, failed);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#isDue) this.#sendChunk();
  }

  destroy(): void {
    this.#close(undefined);
  }

  #answered(url: URL, reply: SimulatedReply): void {
    if (this.#isClosed) return;
    this.#url = url;
    this.#body = bytesOf(reply.body ?? "");
    this.#plan = reply;
    const { status = 200, headers = {} } = reply;
    this.#handlers.head({ status, headers, url: url.href });
    this.#sendLater();
  }

  #sendLater(): void {
    this.#scheduler.after(this.#plan.chunkMs ?? 1, () => {
      this.#isDue = true;
      if (!this.#isPaused) this.#sendChunk();
    });
  }

  #sendChunk(): void {
    if (this.#isClosed) return;
    this.#isDue = false;
    const { maxBodyBytes } = this.#request;
    const { chunkBytes = 65_536, breaksAfterBytes = Infinity } = this.#plan;
    const mostBytes = Math.min(this.#body.length, maxBodyBytes, breaksAfterBytes);
    const end = Math.min(this.#sentBytes + chunkBytes, mostBytes);
    const chunk = this.#body.slice(this.#sentBytes, end);
    this.#sentBytes = end;
    if (chunk.length > 0) this.#handlers.bytes(chunk);
    if (end < mostBytes) this.#sendLater();
    else this.#close(this.#failureAt(end));
  }

  #failureAt(end: number): Error | undefined {
    const { maxBodyBytes } = this.#request;
    if (end === this.#body.length) return undefined;
    if (end === maxBodyBytes) return httpTooLarge(this.#url, maxBodyBytes);
    return httpFailed(this.#url, systemError("ECONNRESET", "the connection broke"));
  }

  #close(error: Error | undefined): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClose();
    this.#scheduler.after(0, () => this.#handlers.closed(error));
  }
}

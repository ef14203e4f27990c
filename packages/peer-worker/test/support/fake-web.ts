import type {
  Http,
  HttpClient,
  HttpClientOptions,
  HttpExchange,
  HttpExchangeHandlers,
  HttpHead,
  HttpRequest,
} from "@troupe/actor-runtime";

import { content } from "./scripted-peer.ts";

/** Clients whose exchanges a test answers. */
export class FakeWeb implements Pick<Http, "openClient"> {
  readonly clients: FakeClient[] = [];
  readonly #soon: (task: () => void) => void;

  constructor(soon: (task: () => void) => void) {
    this.#soon = soon;
  }

  openClient(options: HttpClientOptions): Promise<HttpClient> {
    const client = new FakeClient(options, this.#soon);
    this.clients.push(client);
    return Promise.resolve(client);
  }
}

/** Keeps its exchanges for the test. */
export class FakeClient implements HttpClient {
  readonly options: HttpClientOptions;
  /** Not taken by the test yet. */
  readonly exchanges: FakeExchange[] = [];
  isClosed = false;
  readonly #soon: (task: () => void) => void;

  constructor(options: HttpClientOptions, soon: (task: () => void) => void) {
    this.options = options;
    this.#soon = soon;
  }

  open(url: string, request: HttpRequest, handlers: HttpExchangeHandlers): HttpExchange {
    const exchange = new FakeExchange(url, request, handlers, this.#soon);
    this.exchanges.push(exchange);
    return exchange;
  }

  close(): void {
    this.isClosed = true;
  }

  /** The oldest exchange. */
  take(): FakeExchange {
    const exchange = this.exchanges.shift();
    if (exchange === undefined) throw new Error("no exchange is open");
    return exchange;
  }

  /** `url begin-end`, or `url whole`, of the exchanges that wait. */
  get asked(): string[] {
    return this.exchanges.map(({ asked }) => asked);
  }
}

/** An exchange, with the server's side of it. */
export class FakeExchange implements HttpExchange {
  readonly url: string;
  readonly request: HttpRequest;
  isPaused = false;
  isDestroyed = false;
  readonly #handlers: HttpExchangeHandlers;
  readonly #soon: (task: () => void) => void;
  #isClosed = false;

  constructor(
    url: string,
    request: HttpRequest,
    handlers: HttpExchangeHandlers,
    soon: (task: () => void) => void,
  ) {
    this.url = url;
    this.request = request;
    this.#handlers = handlers;
    this.#soon = soon;
  }

  get range(): { readonly begin: number; readonly end: number } {
    if (this.request.range === undefined) throw new Error("the exchange has no range");
    return this.request.range;
  }

  get asked(): string {
    if (this.request.range === undefined) return `${this.url} whole`;
    return `${this.url} ${this.range.begin}-${this.range.end}`;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  destroy(): void {
    this.isDestroyed = true;
    this.#end(undefined);
  }

  /** @param headers Default: the range that was asked for, of a file with `fileBytes`. */
  head(status: number, headers: Readonly<Record<string, string>>): this {
    const head: HttpHead = { status, headers, url: this.url };
    if (!this.#isClosed) this.#handlers.head(head);
    return this;
  }

  /** The head of the range that was asked for. */
  part(fileBytes: number): this {
    const { begin, end } = this.range;
    return this.head(206, { "content-range": `bytes ${begin}-${end - 1}/${fileBytes}` });
  }

  bytes(chunk: Uint8Array): this {
    if (!this.#isClosed) this.#handlers.bytes(chunk);
    return this;
  }

  end(error?: Error): void {
    this.#end(error);
  }

  /** The right answer. @param fileAt Position of the file in the torrent. */
  serve(fileBytes: number, fileAt = 0, chunkBytes = 65_536): void {
    const { begin, end } = this.range;
    this.part(fileBytes);
    for (let at = begin; at < end; at += chunkBytes)
      this.bytes(content(fileAt + at, Math.min(chunkBytes, end - at)));
    this.end();
  }

  #end(error: Error | undefined): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#soon(() => this.#handlers.closed(error));
  }
}

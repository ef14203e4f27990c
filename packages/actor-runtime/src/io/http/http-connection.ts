import type { Duplex } from "node:stream";

import { codeOf, systemError } from "../../errors.ts";
import { withoutBrackets } from "../network/address.ts";
import { lookupAmong } from "../network/resolver.ts";
import { openByWay, secured, type HttpWay } from "./http-way.ts";
import { systemModule } from "../system/system-module.ts";
import { portOf } from "./url-port.ts";
import { HttpResponseReader, type ResponseHead } from "./http-response-reader.ts";

/** Without a request it is closed after this. */
const idleCloseMs = 60_000;

/** Room for headers and the lengths of chunks, besides twice the body. */
const framingBytes = 65_536;

/** Callbacks of the owner of a request. */
interface ResponseHandlers {
  head(head: ResponseHead): void;
  /** Lent. */
  body(chunk: Uint8Array): void;
  /** The connection may be given back. */
  end(): void;
  /** @param error {@link WireExceeded}, a fault of the response, or a system error. */
  failed(error: unknown): void;
}

/** The server sends more than the bound allows. */
export class WireExceeded extends Error {}

interface Options {
  readonly url: URL;
  /** Passed by the policy; at least one. */
  readonly addresses: readonly string[];
  /** The connection goes through a proxy. */
  readonly way?: HttpWay;
  /** Shared by connections of a thread: it is read within the callback. */
  readonly receiveBuffer: Uint8Array;
}

/** A socket of TCP or TLS, or a stream through a proxy. */
interface HttpSocket extends Duplex {
  readonly remoteAddress?: string | undefined;
  setTimeout(timeoutMs: number): this;
  ref(): this;
  unref(): this;
}

/** A kept connection to an origin, for one request at a time. */
export class HttpConnection {
  readonly #socket: HttpSocket;
  readonly #reader: HttpResponseReader;
  #handlers: ResponseHandlers | undefined;
  #receivedBytes = 0;
  #mostBytes = 0;
  #error: unknown;
  /** Has carried a response: its server may close it at any time. */
  wasUsed = false;

  constructor(options: Options) {
    this.#reader = new HttpResponseReader({
      head: (head) => this.#handlers?.head(head),
      body: (chunk) => this.#handlers?.body(chunk),
      end: () => this.#end(),
    });
    this.#socket = openSocket(options, (chunk) => this.#receive(chunk));
    this.#socket
      .on("error", (error: Error) => (this.#error ??= error))
      .on("timeout", () => this.#timedOut())
      .once("end", () => this.#socket.destroy())
      .once("close", () => this.#closed());
  }

  /** Whether it may carry another request. */
  get isReusable(): boolean {
    return this.#handlers === undefined && !this.#socket.destroyed && this.#reader.mayReuse;
  }

  /** @param maxBodyBytes The server may send twice as many, with headers and the like. */
  send(request: string, maxBodyBytes: number, handlers: ResponseHandlers): void {
    this.#handlers = handlers;
    this.#receivedBytes = 0;
    this.#mostBytes = 2 * maxBodyBytes + framingBytes;
    this.#reader.start();
    this.#socket.setTimeout(0).ref().write(request, "latin1");
  }

  /** Numeric, if known. */
  get remoteHost(): string | undefined {
    return this.#socket.remoteAddress;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Without a further call of the handlers. */
  destroy(): void {
    this.#handlers = undefined;
    this.#reader.stop();
    this.#socket.destroy();
  }

  #receive(chunk: Uint8Array): void {
    this.#receivedBytes += chunk.length;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.#handlers !== undefined && this.#receivedBytes > this.#mostBytes)
      this.#fail(new WireExceeded());
    else if (this.#handlers === undefined && !this.#reader.mayReuse) this.#socket.destroy();
  }

  #end(): void {
    const handlers = this.#handlers;
    this.#handlers = undefined;
    this.wasUsed = true;
    if (this.#reader.mayReuse) this.#socket.setTimeout(idleCloseMs).unref();
    handlers?.end();
  }

  #timedOut(): void {
    if (this.#handlers === undefined) this.#socket.destroy();
  }

  #closed(): void {
    if (this.#error === undefined && this.#reader.close()) return;
    this.#fail(this.#error ?? systemError("ECONNRESET", "the server has closed the connection"));
  }

  #fail(error: unknown): void {
    const handlers = this.#handlers;
    this.destroy();
    handlers?.failed(error);
  }
}

function openSocket(
  { url, addresses, receiveBuffer, way }: Options,
  receive: (chunk: Uint8Array) => void,
): HttpSocket {
  if (way !== undefined) return openByWay(way, url, addresses).on("data", receive);
  const host = withoutBrackets(url.hostname);
  const options = {
    host,
    port: portOf(url),
    noDelay: true,
    lookup: lookupAmong(addresses),
  };
  if (url.protocol !== "https:") {
    const onread = {
      buffer: receiveBuffer,
      callback: (bytes: number) => {
        receive(receiveBuffer.subarray(0, bytes));
        return true;
      },
    };
    return systemModule("node:net").connect({ ...options, onread });
  }
  return secured(url, options).on("data", receive);
}

/** Whether the server has closed the connection before it saw the request. */
export function isStale(error: unknown): boolean {
  return ["ECONNRESET", "EPIPE"].includes(codeOf(error) ?? "");
}

import { systemError } from "../errors.ts";
import type { Address, Listener, Sockets, Stream, StreamHandlers } from "../ports/sockets.ts";
import { ProxiedStream } from "./proxied-stream.ts";
import type { ProxyAccess } from "./proxy-access.ts";

/** TCP by way of a proxy. A dial may name a host, which the proxy looks up. */
export class ProxiedSockets implements Sockets {
  readonly #access: ProxyAccess;

  constructor(access: ProxyAccess) {
    this.#access = access;
  }

  dial(
    to: Address,
    handlers: StreamHandlers,
    options: { readonly timeoutMs: number; readonly localHost?: string },
  ): Stream {
    const stream = new ProxiedStream(this.#access, { command: "connect", target: to }, handlers);
    stream.start(options);
    return stream;
  }

  /** @throws rejects with `proxy-no-listening`: connections that come in would not come through the proxy. */
  listen(): Promise<Listener> {
    const sentence = `cannot listen: connections go through the proxy ${this.#access.text} alone`;
    return Promise.reject(systemError("proxy-no-listening", sentence));
  }
}

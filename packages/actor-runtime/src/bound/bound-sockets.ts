// TCP that is bound to an interface.

import { isUnspecified } from "../io/network/address.ts";
import type {
  Address,
  ListenOptions,
  Listener,
  Sockets,
  Stream,
  StreamHandlers,
} from "../ports/sockets.ts";
import type { Timers } from "../ports/timers.ts";
import { FollowingSocket } from "./following-socket.ts";
import { interfaceDown, type InterfaceUser, type InterfaceWatch } from "./interface-watch.ts";
import { RefusedStream } from "./refused-stream.ts";

/** The sockets below. */
interface BoundSocketsParts {
  /** Bound to the device where the system can. */
  readonly direct: Sockets;
  /** Not bound: they choose a free port on loopback while the interface is down. */
  readonly machine: Pick<Sockets, "listen">;
  readonly timers: Timers;
}

/** TCP from and to the addresses of one interface. Nothing is dialled or accepted while it is down. */
export class BoundSockets implements Sockets {
  readonly #watch: InterfaceWatch;
  readonly #parts: BoundSocketsParts;

  constructor(watch: InterfaceWatch, parts: BoundSocketsParts) {
    this.#watch = watch;
    this.#parts = parts;
  }

  /** A dial while the interface is down ends with `interface-down`; to a host out of its reach with `ENETUNREACH`. */
  dial(
    to: Address,
    handlers: StreamHandlers,
    options: { readonly timeoutMs: number; readonly localHost?: string },
  ): Stream {
    const way = this.#watch.wayTo(to.host);
    const refused = "refused" in way ? way.refused : this.#refusalOf(options.localHost);
    if (refused !== undefined) return new RefusedStream(to, refused, handlers, this.#parts.timers);
    const { localHost } = options;
    const isChosen = localHost !== undefined && !isUnspecified(localHost);
    const host = isChosen ? localHost : "host" in way ? way.host : "";
    const bound = new BoundHandlers(this.#watch, host, handlers);
    return bound.follow(this.#parts.direct.dial(to, bound, { ...options, localHost: host }));
  }

  /**
   * Listens at the interface's address for `0.0.0.0` and `::`. While the interface is down the listener waits, with a port that
   * is free on this machine.
   */
  async listen(
    options: ListenOptions,
    accept: (stream: Stream) => StreamHandlers,
  ): Promise<Listener> {
    const watch = this.#watch;
    const welcome = (stream: Stream): StreamHandlers => {
      const bound = new BoundHandlers(watch, stream.local.host);
      bound.follow(stream);
      if (!watch.reaches(stream.remote.host)) stream.reset();
      else bound.use(accept(stream));
      return bound;
    };
    const { direct, machine } = this.#parts;
    return await FollowingSocket.open(watch, options, {
      open: (place) => direct.listen({ ...options, ...place }, welcome),
      openOnLoopback: (place) => machine.listen({ ...options, ...place }, refuse),
    });
  }

  #refusalOf(localHost: string | undefined): string | undefined {
    if (localHost === undefined || isUnspecified(localHost)) return undefined;
    return this.#watch.has(localHost) ? undefined : "EADDRNOTAVAIL";
  }
}

/** Between a stream and its owner: resets the stream when its address leaves the interface. */
class BoundHandlers implements StreamHandlers, InterfaceUser {
  readonly #watch: InterfaceWatch;
  readonly #host: string;
  readonly #index: number | undefined;
  #handlers: StreamHandlers | undefined;
  #stream: Stream | undefined;
  #leave: (() => void) | undefined;
  #isCut = false;

  constructor(watch: InterfaceWatch, host: string, handlers?: StreamHandlers) {
    this.#watch = watch;
    this.#host = host;
    this.#index = watch.index;
    this.#handlers = handlers;
  }

  /** Until the stream is closed. */
  follow(stream: Stream): Stream {
    this.#stream = stream;
    this.#leave = this.#watch.addStream(this);
    return stream;
  }

  use(handlers: StreamHandlers): void {
    this.#handlers = handlers;
  }

  interfaceLooked(): void {
    if (this.#watch.has(this.#host) && this.#watch.index === this.#index) return;
    this.#isCut = true;
    // The queue and an end of the connection would be sent again and again.
    this.#stream?.reset();
  }

  opened(stream: Stream): void {
    this.#handlers?.opened?.(stream);
  }

  bytes(stream: Stream, chunk: Uint8Array): void {
    this.#handlers?.bytes(stream, chunk);
  }

  drained(stream: Stream): void {
    this.#handlers?.drained?.(stream);
  }

  closed(stream: Stream, reason: string | undefined): void {
    this.#leave?.();
    this.#handlers?.closed(stream, this.#isCut ? interfaceDown : reason);
  }
}

function refuse(stream: Stream): StreamHandlers {
  stream.destroy();
  return { bytes: () => undefined, closed: () => undefined };
}

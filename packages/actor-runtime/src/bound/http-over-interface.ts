import type { HttpWay } from "../io/http/http-way.ts";
import { portOf } from "../io/http/url-port.ts";
import { StreamSocket } from "../io/http/stream-socket.ts";
import { systemError } from "../errors.ts";
import type { Sockets } from "../ports/sockets.ts";

/** The next address of a name is dialled after this. */
const dialMs = 10_000;

/** Requests over sockets that are bound to an interface. */
export class HttpOverInterface implements HttpWay {
  readonly #sockets: Pick<Sockets, "dial">;

  constructor(sockets: Pick<Sockets, "dial">) {
    this.#sockets = sockets;
  }

  open(url: URL, addresses: readonly string[]): StreamSocket {
    const port = portOf(url);
    const dials = addresses.map(
      (host) => (handlers: Parameters<Sockets["dial"]>[1]) =>
        this.#sockets.dial({ host, port }, handlers, { timeoutMs: dialMs }),
    );
    const errorOf = (reason: string): Error =>
      systemError(reason, `cannot connect to ${url.hostname} port ${port}`);
    return new StreamSocket(dials, errorOf, { showsRemote: true });
  }

  /** The server gets every request. */
  formOf(): undefined {
    return undefined;
  }
}

import type { Address, Stream, StreamHandlers } from "@troupe/actor-runtime";

/** The other side has refused the dial. */
const refusal = "ECONNREFUSED";

/**
 * The address of a dial over uTP, by which the system names datagrams that it refuses to send, and the handlers of the
 * dial. A dial whose packets the system refuses ends with the system's code, as one over TCP does, not with the silence of
 * the other side.
 */
export class UtpDial implements Address, StreamHandlers {
  readonly host: string;
  readonly port: number;
  readonly #handlers: StreamHandlers;
  /** The code is the one of the last packet that was not sent. */
  #stage:
    | { readonly name: "dialling"; readonly fault: string | undefined }
    | { readonly name: "open" } = {
    name: "dialling",
    fault: undefined,
  };

  constructor({ host, port }: Address, handlers: StreamHandlers) {
    this.host = host;
    this.port = port;
    this.#handlers = handlers;
  }

  /** The system refused to send a packet of the dial. @param code The system's. */
  notSent(code: string): void {
    if (this.#stage.name === "dialling") this.#stage = { name: "dialling", fault: code };
  }

  opened(stream: Stream): void {
    this.#stage = { name: "open" };
    this.#handlers.opened?.(stream);
  }

  bytes(stream: Stream, chunk: Uint8Array): void {
    this.#handlers.bytes(stream, chunk);
  }

  drained(stream: Stream): void {
    this.#handlers.drained?.(stream);
  }

  closed(stream: Stream, reason: string | undefined): void {
    const fault = this.#stage.name === "dialling" ? this.#stage.fault : undefined;
    const isUnanswered = reason !== undefined && reason !== refusal;
    this.#handlers.closed(stream, isUnanswered ? (fault ?? reason) : reason);
  }
}

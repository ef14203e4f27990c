import type { Stream, StreamHandlers } from "@troupe/actor-runtime";

/** The other side, or the machine on the way to it, has answered. */
const refusal = "ECONNREFUSED";

/** Tells why the system refused the last datagram. */
interface SendFaults {
  readonly sendFault: string | undefined;
}

/**
 * Handlers of a dial over uTP. A dial whose packets the system refused to send ends with the system's code, as one over TCP
 * does, not with the silence of the other side.
 */
export class UtpDial implements StreamHandlers {
  readonly #faults: SendFaults;
  readonly #handlers: StreamHandlers;
  #stage: "dialling" | "open" = "dialling";

  constructor(faults: SendFaults, handlers: StreamHandlers) {
    this.#faults = faults;
    this.#handlers = handlers;
  }

  opened(stream: Stream): void {
    this.#stage = "open";
    this.#handlers.opened?.(stream);
  }

  bytes(stream: Stream, chunk: Uint8Array): void {
    this.#handlers.bytes(stream, chunk);
  }

  drained(stream: Stream): void {
    this.#handlers.drained?.(stream);
  }

  closed(stream: Stream, reason: string | undefined): void {
    const isUnanswered = this.#stage === "dialling" && reason !== undefined && reason !== refusal;
    this.#handlers.closed(stream, isUnanswered ? (this.#faults.sendFault ?? reason) : reason);
  }
}

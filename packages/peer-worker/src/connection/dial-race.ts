// The dials of one attempt over its transports. The first that opens carries the connection, and the others end.

import type { Stream, StreamHandlers, Timer, Timers } from "@troupe/actor-runtime";
import type { Transport } from "@troupe/messages";

import { secondTransportMs, type DialOrder } from "./dial-order.ts";

/** The calls of a race. */
interface RaceCalls {
  readonly timers: Pick<Timers, "after">;
  /** @returns Undefined: this transport cannot be dialled now. */
  readonly dial: (transport: Transport, handlers: StreamHandlers) => Stream | undefined;
  /** The dial over TCP has failed, and the one over uTP goes on: no connection of TCP is half-open. */
  readonly tcpEnded: () => void;
}

type State =
  | { readonly kind: "dialling"; readonly streams: ReadonlyMap<Stream, Transport> }
  | { readonly kind: "won"; readonly by: Stream; readonly losers: number }
  | { readonly kind: "failed" };

/** A race between transports. */
export class DialRace {
  readonly #calls: RaceCalls;
  readonly #order: DialOrder;
  readonly #handlers: StreamHandlers;
  #second: Timer | undefined;
  #hasBothBegun = false;
  /** Why TCP ended, or else why uTP did. */
  #reason: string | undefined;
  #state: State = { kind: "dialling", streams: new Map() };

  /** @param handlers Handlers of the connection. Their calls name the stream. */
  constructor(order: DialOrder, calls: RaceCalls, handlers: StreamHandlers) {
    this.#order = order;
    this.#calls = calls;
    this.#handlers = handlers;
  }

  begin(): void {
    const { first, second } = this.#order;
    this.#dial(first);
    if (second === undefined) this.#hasBothBegun = true;
    else this.#second = this.#calls.timers.after(secondTransportMs, () => this.#dialSecond());
  }

  /** A stream has opened. @returns Its transport; undefined: another one has won. */
  opened(stream: Stream): Transport | undefined {
    if (this.#state.kind !== "dialling") return undefined;
    const { streams } = this.#state;
    const transport = streams.get(stream);
    if (transport === undefined) return undefined;
    this.#second?.cancel();
    this.#state = { kind: "won", by: stream, losers: streams.size - 1 };
    for (const other of streams.keys()) if (other !== stream) other.destroy();
    return transport;
  }

  /** One has won, and the others have ended: all further events are of the winner. */
  get isOver(): boolean {
    return this.#state.kind === "won" && this.#state.losers === 0;
  }

  /** A stream has ended. @returns Whether this is the end of the connection, with its reason. */
  closed(
    stream: Stream,
    reason: string | undefined,
  ): { readonly reason: string | undefined } | "goes-on" {
    if (this.#state.kind === "won") {
      const { by, losers } = this.#state;
      if (by === stream) return { reason };
      this.#state = { kind: "won", by, losers: losers - 1 };
      return "goes-on";
    }
    if (this.#state.kind === "failed") return "goes-on";
    const streams = new Map(this.#state.streams);
    const transport = streams.get(stream);
    streams.delete(stream);
    this.#state = { kind: "dialling", streams };
    if (transport === "tcp" || this.#reason === undefined) this.#reason = reason;
    // A peer without uTP may have TCP. For one that refuses TCP the engine asks for uTP the next time: each address at which
    // no program listens would get packets of two kinds otherwise.
    if (transport === "utp" && !this.#hasBothBegun) this.#dialSecond();
    if (this.#state.streams.size === 0) {
      this.#fail();
      return { reason: this.#reason };
    }
    if (transport === "tcp") this.#calls.tcpEnded();
    return "goes-on";
  }

  /** Ends all dials. */
  abandon(): void {
    if (this.#state.kind !== "dialling") return;
    const { streams } = this.#state;
    this.#fail();
    for (const stream of streams.keys()) stream.destroy();
  }

  #fail(): void {
    this.#second?.cancel();
    this.#state = { kind: "failed" };
  }

  #dialSecond(): void {
    this.#second?.cancel();
    this.#hasBothBegun = true;
    if (this.#order.second !== undefined) this.#dial(this.#order.second);
  }

  #dial(transport: Transport): void {
    if (this.#state.kind !== "dialling") return;
    const stream = this.#calls.dial(transport, this.#handlers);
    if (stream === undefined) return;
    this.#state = {
      kind: "dialling",
      streams: new Map([...this.#state.streams, [stream, transport]]),
    };
  }
}

// Datagrams to port 5351 of a gateway, and their replies. A question is repeated after 250 ms, 500 ms, 1 s … (RFC 6886,
// section 3.1).

import {
  settlesWithin,
  type DatagramSocket,
  type Gateway,
  type Timer,
} from "@troupe/actor-runtime";
import { ProtocolError } from "@troupe/protocol/errors";
import { gatewayPort } from "@troupe/protocol/gateway";
import { gatewaySilent, type GatewayClient, type GatewayContext } from "./gateway-client.ts";

const firstWaitMs = 250;
/** Datagrams of a question, at most nine: 1.75 s for a gateway that never answered, 7.75 s for others. */
const sends = { unknown: 3, known: 5 };
/** Before a removal, for the answer to the question that it takes back: a datagram may overtake another. */
const lastAnswerMs = 300;

interface Question {
  readonly received: (bytes: Uint8Array) => void;
  readonly giveUp: () => void;
  /** Settles with the answer. */
  readonly over: Promise<unknown>;
}

/** The socket of a client. */
export class GatewayExchange {
  readonly #context: GatewayContext;
  readonly #protocol: GatewayClient["protocol"];
  readonly #to: { readonly host: string; readonly port: number };
  readonly #questions = new Set<Question>();
  #socket: DatagramSocket | undefined;
  #isKnown = false;

  private constructor(
    context: GatewayContext,
    { host }: Gateway,
    protocol: GatewayClient["protocol"],
  ) {
    this.#context = context;
    this.#protocol = protocol;
    this.#to = { host, port: gatewayPort };
  }

  /** @throws rejects with the system's code, when the address is not ours any more. */
  static async open(
    context: GatewayContext,
    gateway: Gateway,
    protocol: GatewayClient["protocol"],
  ): Promise<GatewayExchange> {
    const exchange = new GatewayExchange(context, gateway, protocol);
    exchange.#socket = await context.datagrams.bind(
      { host: gateway.localHost, port: 0 },
      { received: (bytes, { host, port }) => exchange.#received(bytes, host, port) },
    );
    return exchange;
  }

  /**
   * Sends a question until `read` takes a reply of the gateway.
   * @param read Undefined for a reply to another question; a ProtocolError counts as such.
   * @throws rejects with TroupeError `gateway-silent`, also after `close`.
   */
  async ask<Reply>(
    bytes: Uint8Array,
    read: (reply: Uint8Array) => Reply | undefined,
  ): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const most = this.#isKnown ? sends.known : sends.unknown;
    const giveUp = (): void => reject(gatewaySilent(this.#protocol));
    const received = (reply: Uint8Array): void => {
      const answer = readReply(read, reply);
      if (answer === undefined) return;
      this.#isKnown = true;
      resolve(answer);
    };
    const question: Question = { received, giveUp, over: promise };
    let timer: Timer | undefined;
    const send = (sent: number): void => {
      if (sent === most || this.#socket === undefined) return giveUp();
      this.#socket.send(bytes, this.#to);
      timer = this.#context.timers.after(firstWaitMs * 2 ** sent, () => send(sent + 1));
    };
    this.#questions.add(question);
    send(0);
    try {
      return await promise;
    } finally {
      timer?.cancel();
      this.#questions.delete(question);
    }
  }

  /** Asks like `ask`, at the end. A gateway that has not answered yet gets one datagram. */
  async askLast<Reply>(
    bytes: Uint8Array,
    read: (reply: Uint8Array) => Reply | undefined,
  ): Promise<Reply | undefined> {
    const underWay = [...this.#questions].map(({ over }) => over);
    await settlesWithin(this.#context.timers, lastAnswerMs, Promise.all(underWay));
    if (this.#isKnown) return await this.ask(bytes, read);
    this.#socket?.send(bytes, this.#to);
    return undefined;
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
    for (const { giveUp } of this.#questions) giveUp();
  }

  #received(bytes: Uint8Array, host: string, port: number): void {
    if (host !== this.#to.host || port !== this.#to.port) return;
    for (const { received } of this.#questions) received(bytes);
  }
}

function readReply<Reply>(
  read: (reply: Uint8Array) => Reply | undefined,
  bytes: Uint8Array,
): Reply | undefined {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

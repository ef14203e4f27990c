import type { Gateway } from "@troupe/actor-runtime";
import { classifyAddress } from "@troupe/protocol/address";
import {
  decodeNatPmpReply,
  encodeNatPmpAddressRequest,
  encodeNatPmpMapRequest,
  type MappedTransport,
  type NatPmpReply,
} from "@troupe/protocol/gateway";
import { GatewayAge } from "./gateway-age.ts";
import {
  entriesToRemove,
  gatewayRefused,
  grantOf,
  lifetimeSeconds,
  type GatewayClient,
  type GatewayContext,
  type Grant,
  type PortQuestion,
} from "./gateway-client.ts";
import { GatewayExchange } from "./gateway-exchange.ts";

/** NAT-PMP at a gateway. */
export class NatPmpClient implements GatewayClient {
  readonly protocol = "NAT-PMP";
  readonly #context: GatewayContext;
  readonly #exchange: GatewayExchange;
  readonly #age = new GatewayAge();
  readonly #asked = new Map<MappedTransport, PortQuestion>();
  #externalHost: string | undefined;

  private constructor(context: GatewayContext, exchange: GatewayExchange) {
    this.#context = context;
    this.#exchange = exchange;
  }

  /** @throws also rejects when the gateway does not tell its address: it speaks another protocol, or has no line. */
  static async open(context: GatewayContext, gateway: Gateway): Promise<NatPmpClient> {
    const exchange = await GatewayExchange.open(context, gateway, "NAT-PMP");
    const client = new NatPmpClient(context, exchange);
    try {
      await client.#askAddress();
    } catch (error) {
      client.close();
      throw error;
    }
    return client;
  }

  async map(question: PortQuestion): Promise<Grant> {
    const { transport } = question;
    this.#asked.set(transport, question);
    const bytes = encodeNatPmpMapRequest({ ...question, lifetimeSeconds });
    const reply = await this.#ask(bytes, (answer) => isAnswerTo(question, answer));
    if (reply.kind !== "mapping") throw refusal(reply);
    const { externalPort, lifetimeSeconds: granted } = reply;
    const externalHost = this.#externalHost;
    return grantOf("NAT-PMP", { transport, externalPort, externalHost, lifetimeSeconds: granted });
  }

  async verify(): Promise<boolean> {
    return await this.#askAddress();
  }

  async unmap(transport?: MappedTransport): Promise<void> {
    const removals = entriesToRemove(this.#asked, transport).map(async ([own, question]) => {
      const bytes = encodeNatPmpMapRequest({ ...question, lifetimeSeconds: 0 });
      await this.#ask(bytes, (answer) => isAnswerTo(question, answer));
      this.#asked.delete(own);
    });
    await Promise.all(removals);
  }

  close(): void {
    this.#exchange.close();
  }

  /** @returns False if the gateway restarted since its last reply, or has another address. */
  async #askAddress(): Promise<boolean> {
    const bytes = encodeNatPmpAddressRequest();
    const reply = await this.#exchange.ask(bytes, (datagram) => {
      const answer = decodeNatPmpReply(datagram);
      return answer.operation === "address" ? answer : undefined;
    });
    const isSame = !this.#age.note(reply.epochSeconds, this.#context.clock.nowMs());
    if (reply.kind !== "address") throw refusal(reply);
    const earlier = this.#externalHost;
    this.#externalHost = classifyAddress(reply.host) === "internet" ? reply.host : undefined;
    return isSame && this.#externalHost === earlier;
  }

  async #ask(bytes: Uint8Array, isAnswer: (reply: NatPmpReply) => boolean): Promise<NatPmpReply> {
    const reply = await this.#exchange.ask(bytes, (datagram) => {
      const answer = decodeNatPmpReply(datagram);
      return isAnswer(answer) ? answer : undefined;
    });
    this.#age.note(reply.epochSeconds, this.#context.clock.nowMs());
    return reply;
  }
}

function isAnswerTo({ transport, internalPort }: PortQuestion, reply: NatPmpReply): boolean {
  if (reply.operation !== transport) return false;
  return reply.kind !== "mapping" || reply.internalPort === internalPort;
}

function refusal(reply: NatPmpReply): Error {
  const code = reply.kind === "refused" ? reply.resultCode : "of another request";
  return gatewayRefused("NAT-PMP", `its code is ${code}`);
}

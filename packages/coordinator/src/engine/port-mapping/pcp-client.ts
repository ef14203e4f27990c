import type { Gateway } from "@troupe/actor-runtime";
import { classifyAddress } from "@troupe/protocol/address";
import {
  decodePcpReply,
  encodePcpAnnounce,
  encodePcpMap,
  pcpNonceBytes,
  pcpUnsupportedVersion,
  type MappedTransport,
  type PcpMapping,
  type PcpReply,
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

/**
 * The nonces of an engine's mappings. A gateway lets only the owner of a mapping's nonce change it, so a client that
 * replaces a client has the same.
 */
export type PcpNonces = Map<MappedTransport, Uint8Array>;

/** PCP at a gateway. */
export class PcpClient implements GatewayClient {
  readonly protocol = "PCP";
  readonly #context: GatewayContext;
  readonly #localHost: string;
  readonly #exchange: GatewayExchange;
  readonly #age = new GatewayAge();
  readonly #nonces: PcpNonces;
  readonly #asked = new Map<MappedTransport, PortQuestion>();

  private constructor(
    context: GatewayContext,
    { localHost }: Gateway,
    { exchange, nonces }: { readonly exchange: GatewayExchange; readonly nonces: PcpNonces },
  ) {
    this.#context = context;
    this.#localHost = localHost;
    this.#nonces = nonces;
    this.#exchange = exchange;
  }

  static async open(
    context: GatewayContext,
    gateway: Gateway,
    nonces: PcpNonces,
  ): Promise<PcpClient> {
    const exchange = await GatewayExchange.open(context, gateway, "PCP");
    return new PcpClient(context, gateway, { exchange, nonces });
  }

  async map(question: PortQuestion): Promise<Grant> {
    const { transport, internalPort } = question;
    const nonce = this.#nonceOf(transport);
    const isOurs = (mapping: PcpMapping): boolean =>
      isSameNonce(mapping.nonce, nonce) &&
      mapping.transport === transport &&
      mapping.internalPort === internalPort;
    this.#asked.set(transport, question);
    const bytes = encodePcpMap(this.#localHost, nonce, { ...question, lifetimeSeconds });
    const reply = await this.#exchange.ask(bytes, (datagram) => {
      const answer = replyOf(datagram);
      if (answer.kind === "mapping") return isOurs(answer) ? answer : undefined;
      if (answer.kind !== "refused" || answer.operation !== "map") return undefined;
      return answer.mapping === undefined || isOurs(answer.mapping) ? answer : undefined;
    });
    this.#age.note(reply.epochSeconds, this.#context.clock.nowMs());
    if (reply.kind === "refused") throw gatewayRefused("PCP", `its code is ${reply.resultCode}`);
    return grantOf("PCP", { ...reply, externalHost: usable(reply.externalHost) });
  }

  async verify(): Promise<boolean> {
    const reply = await this.#exchange.ask(encodePcpAnnounce(this.#localHost), (datagram) => {
      const answer = replyOf(datagram);
      // Also a gateway that does not know the operation tells its age.
      const isAnswer = answer.kind === "refused" && answer.operation === "announce";
      return answer.kind === "announced" || isAnswer ? answer : undefined;
    });
    return !this.#age.note(reply.epochSeconds, this.#context.clock.nowMs());
  }

  async unmap(transport?: MappedTransport): Promise<void> {
    const removals = entriesToRemove(this.#asked, transport).map(async ([own, question]) => {
      const nonce = this.#nonceOf(own);
      const bytes = encodePcpMap(this.#localHost, nonce, { ...question, lifetimeSeconds: 0 });
      await this.#exchange.askLast(bytes, (datagram) => {
        const answer = replyOf(datagram);
        const mapping = answer.kind === "refused" ? answer.mapping : answer;
        return mapping !== undefined && "nonce" in mapping && isSameNonce(mapping.nonce, nonce)
          ? answer
          : undefined;
      });
      this.#asked.delete(own);
    });
    await Promise.all(removals);
  }

  close(): void {
    this.#exchange.close();
  }

  #nonceOf(transport: MappedTransport): Uint8Array {
    const nonce = this.#nonces.get(transport) ?? this.#context.random.bytes(pcpNonceBytes);
    this.#nonces.set(transport, nonce);
    return nonce;
  }
}

/** A gateway that speaks NAT-PMP alone answers in that protocol, with another version. */
function replyOf(datagram: Uint8Array): PcpReply {
  if (datagram.length >= 4 && datagram[0] === 0) {
    const refusal = { kind: "refused", resultCode: pcpUnsupportedVersion } as const;
    return { ...refusal, operation: "map", epochSeconds: 0 };
  }
  return decodePcpReply(datagram);
}

function isSameNonce(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

/** A gateway that does not know its address names the unspecified one; one behind another gateway names a local one. */
function usable(host: string): string | undefined {
  return classifyAddress(host) === "internet" ? host : undefined;
}

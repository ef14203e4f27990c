import { systemError } from "../errors.ts";
import type { Ports } from "../ports/ports.ts";
import type { Address } from "../ports/sockets.ts";
import type { AskServers } from "../io/network/resolver.ts";
import type { Asked } from "./asked.ts";
import { askOverTcp } from "./ask-over-tcp.ts";
import { askOverUdp } from "./ask-over-udp.ts";
import { encodeDnsQuestion, type DnsQuestion, type DnsReply } from "@troupe/protocol/dns";

/** Limit of a look-up, the wait for its turn included: its caller then gives up. */
const lookUpMs = 5_000;
/** Limit of a try. Three fit in the time that a look-up has. */
const tryMs = 1_500;
/** Tries where there are fewer servers than these. */
const leastTries = 3;
/** Questions under way. At the bound a further one waits. */
const mostUnderWay = 64;
/** Questions that wait. At the bound a further one fails with `dns-busy`. */
const mostWaiting = 1_024;

/** The parts of a thread that a client uses. */
export type DnsPorts = Pick<Ports, "clock" | "datagrams" | "random" | "sockets" | "timers">;

/** Asks name servers, one after the other, over UDP, and over TCP where the reply is too long. */
export class DnsClient {
  readonly #ports: DnsPorts;
  readonly #servers: readonly Address[];
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param servers Numeric addresses. Without any, each look-up fails. */
  constructor(ports: DnsPorts, servers: readonly Address[]) {
    this.#ports = ports;
    this.#servers = servers;
  }

  /**
   * The addresses of a name, up to 8, in 5 s.
   *
   * @throws rejects with a system error: `ENOTFOUND` (no such name), `ENODATA` (no address of the family), `EBADNAME` (DNS
   *   cannot carry the name), `EAFNOSUPPORT` (no server), `dns-busy`; where every server fails, `ESERVFAIL` (one refuses), the
   *   code of a socket that cannot be opened, or `ETIMEOUT` (all are silent).
   */
  readonly ask: AskServers = async (name, family) => {
    if (this.#servers.length === 0)
      throw systemError("EAFNOSUPPORT", "no name server has an address of a family that is on");
    const endsAtMs = this.#ports.clock.nowMs() + lookUpMs;
    await this.#turn(name);
    try {
      return await this.#ask(name, family, endsAtMs);
    } finally {
      this.#underWay--;
      this.#waiting.shift()?.();
    }
  };

  async #turn(name: string): Promise<void> {
    if (this.#underWay >= mostUnderWay) {
      if (this.#waiting.length >= mostWaiting)
        throw systemError("dns-busy", `cannot look up "${name}": ${mostWaiting} others wait`);
      await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    }
    this.#underWay++;
  }

  async #ask(name: string, family: 4 | 6, endsAtMs: number): Promise<readonly string[]> {
    const tries = Math.max(leastTries, this.#servers.length);
    let failure: unknown = systemError("ETIMEOUT", `no name server answers for "${name}"`);
    for (let at = 0; at < tries && this.#limitMs(endsAtMs) > 0; at++) {
      const server = this.#servers[at % this.#servers.length];
      if (server === undefined) break;
      const asked = this.#askedOf(server, name, family);
      // The servers are asked one after the other. oxlint-disable-next-line no-await-in-loop
      const reply = await this.#askServer(asked, endsAtMs).catch(asFailure);
      if (reply === undefined) continue;
      if (reply.kind === "addresses" && reply.addresses.length > 0) return reply.addresses;
      if (reply.kind === "addresses")
        throw systemError("ENODATA", `"${name}" has no IPv${family} address`);
      if (reply.kind === "no-name") throw systemError("ENOTFOUND", `no such host: "${name}"`);
      failure =
        reply.kind === "failed"
          ? reply.error
          : systemError("ESERVFAIL", `the name servers refuse to look up "${name}"`);
    }
    throw failure;
  }

  /** Over UDP, then over TCP for a reply that is cut. */
  async #askServer(asked: Omit<Asked, "limitMs">, endsAtMs: number): Promise<DnsReply | undefined> {
    const reply = await askOverUdp(this.#ports, { ...asked, limitMs: this.#limitMs(endsAtMs) });
    const limitMs = this.#limitMs(endsAtMs);
    if (reply?.kind !== "truncated" || limitMs === 0) return reply;
    return await askOverTcp(this.#ports, { ...asked, limitMs });
  }

  /** The time for one more try; 0: the look-up ends. */
  #limitMs(endsAtMs: number): number {
    return Math.max(0, Math.min(tryMs, endsAtMs - this.#ports.clock.nowMs()));
  }

  /** A fresh id and a fresh port for each try: a stranger has to guess both. */
  #askedOf(server: Address, name: string, family: 4 | 6): Omit<Asked, "limitMs"> {
    const [high = 0, low = 0] = this.#ports.random.bytes(2);
    const question: DnsQuestion = { id: (high << 8) | low, name, family };
    const bytes = encodeDnsQuestion(question);
    if (bytes === undefined)
      throw systemError("EBADNAME", `"${name}" is no name that can be looked up`);
    return { server, question, bytes };
  }
}

/** No socket opens for this server; one of another family may. */
function asFailure(error: unknown): { readonly kind: "failed"; readonly error: unknown } {
  return { kind: "failed", error };
}

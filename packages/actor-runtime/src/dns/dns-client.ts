import { systemError } from "../errors.ts";
import type { Ports } from "../ports/ports.ts";
import type { Address } from "../ports/sockets.ts";
import type { AskServers } from "../io/network/resolver.ts";
import { askOverTcp } from "./ask-over-tcp.ts";
import { askOverUdp } from "./ask-over-udp.ts";
import { encodeDnsQuestion, type DnsQuestion, type DnsReply } from "@troupe/protocol/dns";

/** The port of name servers. */
export const dnsPort = 53;
/** Limit of a try. Three fit in the time that a look-up has. */
const tryMs = 1_500;
const mostTries = 3;
/** Questions under way. At the bound a further one waits. */
const mostUnderWay = 64;
/** Questions that wait. At the bound a further one fails with `dns-busy`. */
const mostWaiting = 1_024;

/** The parts of a thread that a client uses. */
export type DnsPorts = Pick<Ports, "datagrams" | "random" | "sockets" | "timers">;

/** Asks name servers, one after the other, over UDP, and over TCP where the reply is too long. */
export class DnsClient {
  readonly #ports: DnsPorts;
  readonly #servers: readonly Address[];
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param servers Numeric addresses, at least one. */
  constructor(ports: DnsPorts, servers: readonly Address[]) {
    this.#ports = ports;
    this.#servers = servers;
  }

  /**
   * The addresses of a name, up to 8.
   *
   * @throws rejects with a system error: `ENOTFOUND` (no such name), `ENODATA` (no address of the family), `EBADNAME` (DNS
   *   cannot carry the name), `ESERVFAIL` (every server refuses), `ETIMEOUT` (none answers), `dns-busy`, or the code of a
   *   socket that cannot be opened.
   */
  readonly ask: AskServers = async (name, family) => {
    await this.#turn(name);
    try {
      return await this.#ask(name, family);
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

  async #ask(name: string, family: 4 | 6): Promise<readonly string[]> {
    let failure = systemError("ETIMEOUT", `no name server answers for "${name}"`);
    for (let tries = 0; tries < mostTries; tries++) {
      const server = this.#servers[tries % this.#servers.length];
      if (server === undefined) break;
      // The servers are asked one after the other. oxlint-disable-next-line no-await-in-loop
      const reply = await this.#askServer(server, this.#questionOf(name, family));
      if (reply === undefined) continue;
      if (reply.kind === "no-name") throw systemError("ENOTFOUND", `no such host: "${name}"`);
      if (reply.kind === "addresses") {
        if (reply.addresses.length > 0) return reply.addresses;
        throw systemError("ENODATA", `"${name}" has no IPv${family} address`);
      }
      failure = systemError("ESERVFAIL", `the name servers refuse to look up "${name}"`);
    }
    throw failure;
  }

  async #askServer(server: Address, question: DnsQuestion): Promise<DnsReply | undefined> {
    const bytes = encodeDnsQuestion(question);
    if (bytes === undefined)
      throw systemError("EBADNAME", `"${question.name}" is no name that can be looked up`);
    const asked = { server, question, bytes, limitMs: tryMs };
    const reply = await askOverUdp(this.#ports, asked);
    return reply?.kind === "truncated" ? await askOverTcp(this.#ports, asked) : reply;
  }

  /** A fresh id and a fresh port for each try: a stranger has to guess both. */
  #questionOf(name: string, family: 4 | 6): DnsQuestion {
    const [high = 0, low = 0] = this.#ports.random.bytes(2);
    return { id: (high << 8) | low, name, family };
  }
}

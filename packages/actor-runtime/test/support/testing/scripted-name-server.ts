// A name server over ports, simulated or real ones.

import { dnsQuestionIn, dnsReply, type DnsReplyParts } from "@troupe/protocol/testing";
import type { DnsQuestion } from "@troupe/protocol/dns";
import { codeOf, type Address, type Ports } from "../../../src/index.ts";

/** How it answers. */
export interface NameServerScript {
  /** Undefined: no answer. */
  readonly udp: (question: DnsQuestion) => DnsReplyParts | undefined;
  /** Default: as over UDP. */
  readonly tcp?: (question: DnsQuestion) => DnsReplyParts | undefined;
}

/** Answers questions over UDP and TCP at one address. */
export class ScriptedNameServer {
  /** Questions in their order: `udp A tracker.example`. */
  readonly asked: string[] = [];
  readonly address: Address;
  readonly #closings: (() => unknown)[] = [];

  private constructor(address: Address) {
    this.address = address;
  }

  static async listen(
    ports: Pick<Ports, "datagrams" | "sockets">,
    at: Address,
    script: NameServerScript,
  ): Promise<ScriptedNameServer> {
    const { datagrams, sockets } = ports;
    const socket = await datagrams.bind(at, {
      received(bytes, from) {
        const reply = server.#reply("udp", script.udp, bytes);
        if (reply !== undefined) socket.send(reply, from);
      },
    });
    const { port } = socket.address;
    const server = new ScriptedNameServer({ ...at, port });
    server.#closings.push(() => socket.close());
    try {
      const listener = await sockets.listen({ ...at, port }, (stream) => ({
        bytes(_, chunk) {
          const reply = server.#reply("tcp", script.tcp ?? script.udp, chunk.slice(2));
          if (reply === undefined) return stream.destroy();
          const length = Uint8Array.of(reply.length >> 8, reply.length & 0xff);
          // In two parts: a reader waits for both.
          stream.write(length);
          stream.write(reply);
        },
        closed: () => undefined,
      }));
      server.#closings.push(() => listener.close());
      return server;
    } catch (error) {
      server.close();
      // A free port of UDP may be one that TCP uses.
      if (at.port === 0 && codeOf(error) === "EADDRINUSE")
        return await ScriptedNameServer.listen(ports, at, script);
      throw error;
    }
  }

  close(): void {
    for (const close of this.#closings) close();
  }

  #reply(
    way: "tcp" | "udp",
    answer: NameServerScript["udp"],
    bytes: Uint8Array,
  ): Uint8Array | undefined {
    const question = dnsQuestionIn(bytes);
    this.asked.push(`${way} ${question.family === 4 ? "A" : "AAAA"} ${question.name}`);
    const parts = answer(question);
    return parts && dnsReply(question, parts);
  }
}

// A program of this machine that asks an engine's UDP port: a ping of the DHT, and a SYN of uTP.

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { randomBytes } from "node:crypto";
import { decodeKrpc, encodeQuery, nodeIdFrom } from "@troupe/protocol/dht";
import { emptyUtpPacket, readUtpPacket, utpTypes, writeUtpHeader } from "@troupe/protocol/utp";
import { until } from "../time/until.ts";

/** Tries until an answer, by the question. */
export interface Tries {
  readonly dht: number;
  readonly utp: number;
}

/** It has a socket for each question, so that no answer is taken for that of another. */
export class HonestAsker {
  readonly #port: number;

  /** @param port At 127.0.0.1. */
  constructor(port: number) {
    this.#port = port;
  }

  /** Asks each question again and again until it is answered. */
  async ask(): Promise<Tries> {
    const transaction = randomBytes(2);
    const ping = encodeQuery(transaction, nodeIdFrom(randomBytes(20)), { method: "ping" });
    const dht = await this.#triesOf(ping, (bytes) => isPong(bytes, transaction));
    const connectionId = randomBytes(2).readUInt16BE();
    const syn = new Uint8Array(20);
    const times = { timestampUs: 1, differenceUs: 0, windowBytes: 100_000 };
    writeUtpHeader(syn, { type: utpTypes.syn, connectionId, seq: 1, ack: 0, ...times });
    const utp = await this.#triesOf(syn, (bytes) => isSynAnswer(bytes, connectionId));
    return { dht, utp };
  }

  async #triesOf(question: Uint8Array, isAnswer: (bytes: Uint8Array) => boolean): Promise<number> {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    try {
      return await this.#asked(socket, question, isAnswer);
    } finally {
      socket.close();
    }
  }

  async #asked(
    socket: Socket,
    question: Uint8Array,
    isAnswer: (bytes: Uint8Array) => boolean,
  ): Promise<number> {
    let [tries, isAnswered] = [0, false];
    socket.on("message", (bytes) => (isAnswered ||= isAnswer(bytes)));
    await until("an answer at the UDP port", () => {
      if (isAnswered) return true;
      tries++;
      socket.send(question, this.#port, "127.0.0.1");
      return false;
    });
    return tries;
  }
}

function isPong(bytes: Uint8Array, transaction: Uint8Array): boolean {
  const message = decodeKrpc(bytes, 4);
  return message?.kind === "response" && Buffer.compare(message.transaction, transaction) === 0;
}

function isSynAnswer(bytes: Uint8Array, connectionId: number): boolean {
  const packet = emptyUtpPacket();
  if (readUtpPacket(bytes, packet) !== undefined) return false;
  return packet.type === utpTypes.state && packet.connectionId === connectionId && packet.ack === 1;
}

// Asks a tracker whether it answers, without joining a swarm.

import { codeOf, messageOf, type Address, type Ports } from "@troupe/actor-runtime";
import { decodeUdpReply, encodeUdpConnect } from "@troupe/protocol/tracker";
import { askByDatagram } from "./ask-by-datagram.ts";

const answerMs = 5_000;
const maxBodyBytes = 64 * 1024;

/** @param url The announce URL. @param at Address of a UDP tracker. @returns Undefined: it answers; else the reason. */
export async function probeTracker(
  ports: Pick<Ports, "http" | "datagrams" | "timers" | "random">,
  url: string,
  at: Address,
): Promise<string | undefined> {
  return url.startsWith("udp:") ? await probeUdp(ports, at) : await probeHttp(ports, url);
}

/** Any answer will do: without an info-hash a tracker refuses. */
async function probeHttp({ http }: Pick<Ports, "http">, url: string): Promise<string | undefined> {
  try {
    await http.get(url, { deadlineMs: answerMs, maxBodyBytes });
    return undefined;
  } catch (error) {
    if (codeOf(error) === "target-not-allowed") throw error;
    return messageOf(error);
  }
}

async function probeUdp(
  ports: Pick<Ports, "datagrams" | "timers" | "random">,
  at: Address,
): Promise<string | undefined> {
  const transactionId = ports.random.integer(2 ** 32);
  const isAnswer = (bytes: Uint8Array): boolean => {
    const reply = decodeUdpReply(bytes, at.host.includes(":") ? 6 : 4);
    return reply.transactionId === transactionId;
  };
  return await askByDatagram(ports, at, encodeUdpConnect(transactionId), isAnswer);
}

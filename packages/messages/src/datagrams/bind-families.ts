import {
  codeOf,
  listenRefusal,
  type DatagramHandlers,
  type Datagrams,
  type DatagramSocket,
} from "@troupe/actor-runtime";
import type { AddressFamily } from "@troupe/protocol/tracker";
import type { UdpListen, UdpListening } from "./port.messages.ts";

const allAddresses: readonly string[] = ["0.0.0.0", "::"];

type Refused = UdpListening["refused"][number];

/** The sockets of a caller, by family. */
interface SocketsByFamily {
  readonly datagrams: Datagrams;
  /** Bytes of a socket's receive buffer. Default: the system's choice. */
  readonly receiveBufferBytes?: number;
  /** A family that has a socket keeps it. */
  has(family: AddressFamily): boolean;
  handlersOf(family: AddressFamily): DatagramHandlers;
  opened(family: AddressFamily, socket: DatagramSocket): void;
}

/** Opens a socket for each family of `hosts`, at the first of its ports that is free. @returns The other families. */
export async function bindFamilies(
  sockets: SocketsByFamily,
  { hosts, ports, last = {} }: UdpListen,
): Promise<readonly Refused[]> {
  const chosen = hosts.length === 0 ? allAddresses : hosts;
  const refused: Refused[] = [];
  for (const family of [4, 6] as const) {
    const host = chosen.find((other) => other.includes(":") === (family === 6));
    if (host === undefined || sockets.has(family)) continue;
    const known = family === 4 ? last.ipv4 : last.ipv6;
    const tried = known === undefined ? ports : [...new Set([known, ...ports])];
    // In sequence: the order of events is the same in each run. oxlint-disable-next-line no-await-in-loop
    const refusal = await bindFirst(sockets, family, host, tried);
    if (refusal !== undefined) refused.push(refusal);
  }
  return refused;
}

async function bindFirst(
  sockets: SocketsByFamily,
  family: AddressFamily,
  host: string,
  ports: readonly number[],
): Promise<Refused | undefined> {
  const { datagrams, receiveBufferBytes } = sockets;
  const size = receiveBufferBytes === undefined ? {} : { receiveBufferBytes };
  let refused: Refused = {
    family,
    code: "EINVAL",
    message: "cannot open a UDP socket: no port is named",
  };
  for (const port of ports) {
    try {
      const options = { host, port, ...size };
      // In sequence: the first free port is taken. oxlint-disable-next-line no-await-in-loop
      sockets.opened(family, await datagrams.bind(options, sockets.handlersOf(family)));
      return undefined;
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) throw error;
      refused = { family, code, message: refusalSentence(code, host, port) };
      if (!isOfPort(code)) return refused;
    }
  }
  return refused;
}

function refusalSentence(systemCode: string, host: string, port: number): string {
  const { code, reason } = listenRefusal(systemCode, port);
  const why = code === "address-not-available" ? reason : `port ${port} ${reason}`;
  return `cannot receive UDP at ${host}: ${why}`;
}

/** Another port may be free. */
function isOfPort(code: string): boolean {
  return code === "EADDRINUSE" || code === "EACCES";
}

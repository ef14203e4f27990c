import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Server } from "node:http";
import { isIPv6, type AddressInfo } from "node:net";

/** The system's free port may be taken for the other family or for UDP. */
const mostTries = 10;
/** For datagrams that come while the thread is busy. The system may give less. */
const receiveBufferBytes = 4 * 1024 * 1024;

/** Without IPv6 the tracker listens on IPv4 alone. */
const noIpv6Codes: ReadonlySet<string> = new Set([
  "EAFNOSUPPORT",
  "EADDRNOTAVAIL",
  "EPROTONOSUPPORT",
]);

/** At most two servers and two sockets. */
interface Open {
  readonly servers: Server[];
  readonly sockets: Socket[];
}

/** The addresses share one port. */
export interface Listening extends Open {
  readonly port: number;
}

/**
 * Listens by TCP and UDP on `host`, or on all IPv4 and all IPv6 addresses, with the same port.
 *
 * @param port 0 lets the system pick.
 * @throws The system's error (`EADDRINUSE` …); nothing listens then.
 */
export async function listenOnBoth(
  makeServer: () => Server,
  host: string | undefined,
  port: number,
): Promise<Listening> {
  for (let tries = 1; ; tries++) {
    const open: Open = { servers: [], sockets: [] };
    try {
      const chosen = await listen(makeServer(), host ?? "0.0.0.0", port, open);
      if (host === undefined) await listenOnIpv6(makeServer(), chosen, open);
      return { ...open, port: chosen };
    } catch (error) {
      for (const socket of [...open.servers, ...open.sockets]) socket.close();
      if (codeOf(error) !== "EADDRINUSE" || port !== 0 || tries === mostTries) throw error;
    }
  }
}

async function listenOnIpv6(server: Server, port: number, open: Open): Promise<void> {
  try {
    await listen(server, "::", port, open);
  } catch (error) {
    if (!noIpv6Codes.has(codeOf(error))) throw error;
  }
}

/** @returns The port. Adds each socket to `open` as soon as it is bound. */
async function listen(server: Server, host: string, port: number, open: Open): Promise<number> {
  server.listen({ host, port, ipv6Only: isIPv6(host) });
  await once(server, "listening");
  open.servers.push(server);
  const chosen = portOf(server);
  const family = isIPv6(host) ? 6 : 4;
  const socket = createSocket({
    type: `udp${family}`,
    ipv6Only: family === 6,
    recvBufferSize: receiveBufferBytes,
    // Senders' addresses are numeric: a look-up would hold each reply back for a turn.
    lookup: (name, _options, done) => done(null, name, family),
  });
  const bound = once(socket, "listening");
  socket.bind(chosen, host);
  await bound;
  open.sockets.push(socket);
  return chosen;
}

function portOf(server: Server): number {
  // Only pipes have no port.
  return (server.address() as AddressInfo).port;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}

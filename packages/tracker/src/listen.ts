import { once } from "node:events";
import type { Server } from "node:http";
import { isIPv6, type AddressInfo } from "node:net";

/** The system's free IPv4 port may be taken for IPv6. */
const mostTries = 10;

/** Without IPv6 the tracker listens on IPv4 alone. */
const noIpv6Codes: ReadonlySet<string> = new Set([
  "EAFNOSUPPORT",
  "EADDRNOTAVAIL",
  "EPROTONOSUPPORT",
]);

/**
 * Listens on `host`, or on all IPv4 and all IPv6 addresses, with the same port.
 *
 * @returns At most two servers, and their port; port 0 lets the system pick.
 * @throws The system's error (`EADDRINUSE` …); nothing listens then.
 */
export async function listenOnBoth(
  makeServer: () => Server,
  host: string | undefined,
  port: number,
): Promise<{ servers: Server[]; port: number }> {
  if (host !== undefined) {
    const server = await listen(makeServer(), host, port);
    return { servers: [server], port: portOf(server) };
  }
  for (let tries = 1; ; tries++) {
    const ipv4 = await listen(makeServer(), "0.0.0.0", port);
    try {
      const ipv6 = await listen(makeServer(), "::", portOf(ipv4));
      return { servers: [ipv4, ipv6], port: portOf(ipv4) };
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (noIpv6Codes.has(code)) return { servers: [ipv4], port: portOf(ipv4) };
      ipv4.close();
      if (code !== "EADDRINUSE" || port !== 0 || tries === mostTries) throw error;
    }
  }
}

async function listen(server: Server, host: string, port: number): Promise<Server> {
  server.listen({ host, port, ipv6Only: isIPv6(host) });
  await once(server, "listening");
  return server;
}

function portOf(server: Server): number {
  // Only pipes have no port.
  return (server.address() as AddressInfo).port;
}

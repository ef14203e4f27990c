import { isLoopbackAddress, parseNameServer } from "@troupe/protocol/address";
import type { NetworkRules } from "../../ports/network-rules.ts";
import type { Address } from "../../ports/sockets.ts";

/**
 * The name servers that may be asked: those at addresses of these families, and those on this machine, because packets to
 * them do not leave it.
 */
export function usableServers(
  servers: readonly Address[],
  families: NetworkRules["families"],
): readonly Address[] {
  return servers.filter(
    ({ host }) => isLoopbackAddress(host) || families.includes(host.includes(":") ? 6 : 4),
  );
}

/** @param listed Servers as Node lists them: `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`. */
export function serversIn(listed: readonly string[]): readonly Address[] {
  return listed.flatMap((server) => parseNameServer(server) ?? []);
}

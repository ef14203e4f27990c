import type { NetworkRules } from "../../ports/network-rules.ts";
import { numericHost } from "./address.ts";

/**
 * The name servers that may be asked: those at addresses of these families, and those on this machine, because packets to
 * them do not leave it.
 *
 * @param servers Addresses as Node lists them: `192.0.2.1`, `192.0.2.1:53`, `2001:db8::1` or `[2001:db8::1]:53`.
 */
export function usableServers(
  servers: readonly string[],
  families: NetworkRules["families"],
): readonly string[] {
  return servers.filter((server) => {
    const host = hostOf(server);
    return isOfThisMachine(host) || families.includes(host.includes(":") ? 6 : 4);
  });
}

function hostOf(server: string): string {
  const [, bracketed, dotted] = /^\[(.+)\](?::\d+)?$|^([\d.]+)(?::\d+)?$/.exec(server) ?? [];
  return numericHost(bracketed ?? dotted ?? server);
}

function isOfThisMachine(host: string): boolean {
  return host.startsWith("127.") || host === "::1";
}

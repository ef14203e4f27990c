import type { NetworkRules } from "../../ports/network-rules.ts";

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
  return servers.filter((server) => isOfThisMachine(server) || families.includes(familyOf(server)));
}

function familyOf(server: string): 4 | 6 {
  return /^[\d.]+(?::\d+)?$/.test(server) ? 4 : 6;
}

function isOfThisMachine(server: string): boolean {
  return /^(?:127\.|::1$|\[::1\])/.test(server);
}

import { usableServers } from "../io/network/name-servers.ts";
import type { NetworkRules } from "../ports/network-rules.ts";
import type { Address } from "../ports/sockets.ts";
import type { InterfaceWatch } from "./interface-watch.ts";

/**
 * The name servers that may be asked over an interface: none of this machine, which would ask in its own way, none that
 * packets of the interface do not reach, and none of a family that is off.
 *
 * @param servers Servers that the user names, or those of the system.
 */
export function serversWithin(
  watch: Pick<InterfaceWatch, "mayAsk">,
  servers: readonly Address[],
  families: NetworkRules["families"],
): readonly Address[] {
  return usableServers(servers, families).filter(({ host }) => watch.mayAsk(host));
}

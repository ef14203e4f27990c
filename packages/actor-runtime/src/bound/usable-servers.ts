import type { Address } from "../ports/sockets.ts";
import type { InterfaceWatch } from "./interface-watch.ts";

/** A server as Node lists it: `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:53`. */
const listedServer = /^(?:\[(?<bracketed>.+)\]|(?<dotted>[\d.]+))(?::(?<port>\d+))?$/u;
const dnsPort = 53;

/**
 * The name servers that may be asked over an interface: none of this machine, which would ask in its own way, and none that
 * packets of the interface do not reach.
 *
 * @param servers Addresses that the user names, or that Node lists for the system.
 */
export function serversWithin(
  watch: Pick<InterfaceWatch, "mayAsk">,
  servers: readonly string[],
): readonly Address[] {
  return servers.map(addressOf).filter(({ host }) => watch.mayAsk(host));
}

function addressOf(server: string): Address {
  const { bracketed, dotted, port } = listedServer.exec(server)?.groups ?? {};
  return { host: bracketed ?? dotted ?? server, port: Number(port ?? dnsPort) };
}

import type { Datagrams } from "../ports/datagrams.ts";
import type { Gateways } from "../ports/gateways.ts";
import type { Http } from "../ports/http.ts";
import type { ProxyRule } from "../ports/network-rules.ts";
import type { Ports } from "../ports/ports.ts";
import { ProxiedDatagrams } from "./proxied-datagrams.ts";
import { passedNames, refusedNames } from "./proxied-names.ts";
import { ProxiedSockets } from "./proxied-sockets.ts";
import { ProxyAccess } from "./proxy-access.ts";

/** A gateway is reached past the proxy: none is listed. */
const noGateways: Gateways = { list: () => [] };

/**
 * Ports whose network goes through a proxy, by its rule. It fails closed: nothing else leaves where the proxy cannot be
 * reached or refuses.
 *
 * @param direct Ports of the machine. With the use `all` only the proxy itself is reached by them.
 * @param openHttp Makes the HTTP that goes through the proxy.
 */
export function throughProxy(
  direct: Ports,
  rule: ProxyRule,
  openHttp: (access: ProxyAccess) => Http,
): Ports {
  const access = new ProxyAccess(direct, rule);
  const sockets = new ProxiedSockets(access);
  const datagrams: Datagrams = new ProxiedDatagrams(access, direct.datagrams);
  const http = openHttp(access);
  const viaProxy = { http, datagrams, names: passedNames };
  if (rule.use === "viaProxy") return { ...direct, viaProxy };
  const network = { sockets, datagrams, http, names: refusedNames, gateways: noGateways };
  return { ...direct, ...network, viaProxy };
}

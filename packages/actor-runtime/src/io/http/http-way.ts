// HTTP over other sockets than those of Node: through a proxy, or bound to an interface.

import type { ConnectionOptions, TLSSocket } from "node:tls";

import { withoutBrackets } from "../network/address.ts";
import { systemModule } from "../system/system-module.ts";
import type { ProxiedForm } from "./http-hop.ts";
import type { StreamSocket } from "./stream-socket.ts";

/** The way of HTTP to its servers. */
export interface HttpWay {
  /**
   * Opens a connection that carries bytes to the server of this URL, or to the proxy for a URL with a form.
   *
   * @param addresses Addresses of the server that may be dialled, at least one; behind a proxy its name.
   */
  open(url: URL, addresses: readonly string[]): StreamSocket;
  /** The form of requests that the proxy itself gets; undefined where it carries bytes to the server. */
  formOf(url: URL): ProxiedForm | undefined;
}

/** Opens a connection on which requests of this URL are sent: by TLS, with the server's certificate checked, for `https:`. */
export function openByWay(
  way: HttpWay,
  url: URL,
  addresses: readonly string[],
): StreamSocket | TLSSocket {
  const socket = way.open(url, addresses);
  return url.protocol === "https:" ? secured(url, { socket }) : socket;
}

/** TLS to the server of a URL. @param to The connection, or where it goes. */
export function secured(url: URL, to: ConnectionOptions): TLSSocket {
  const host = withoutBrackets(url.hostname);
  const { isIP } = systemModule("node:net");
  const servername = isIP(host) === 0 ? { servername: host } : {};
  // No environment variable can disable the check.
  const tls = { rejectUnauthorized: true, ALPNProtocols: ["http/1.1"], host };
  return systemModule("node:tls").connect({ ...tls, ...to, ...servername });
}

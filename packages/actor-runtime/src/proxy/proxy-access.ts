// The way to a proxy: its address, and our side of its handshakes.

import {
  ConnectDialog,
  proxyText,
  SocksDialog,
  type Proxy,
  type ProxyAddress,
  type ProxyDialog,
} from "@troupe/protocol/proxy";
import { isNumericHost } from "../io/network/address.ts";
import type { Clock } from "../ports/clock.ts";
import type { Names } from "../ports/names.ts";
import type { Address, Sockets } from "../ports/sockets.ts";
import type { Timers } from "../ports/timers.ts";

/** The address of a proxy's name is looked up again after this. */
const addressKeptMs = 60_000;

/** The direct ports by which a proxy is reached. */
interface ProxyPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly sockets: Pick<Sockets, "dial">;
  readonly names: Pick<Names, "resolve">;
}

/**
 * A request to a proxy: a connection to the target, or a relay of datagrams. `none`: no handshake, as the proxy itself is the
 * target.
 */
export interface ProxyRequest {
  readonly command: "connect" | "udp-associate" | "none";
  readonly target: ProxyAddress;
}

/** Reaches one proxy. */
export class ProxyAccess {
  readonly ports: ProxyPorts;
  readonly proxy: Proxy;
  #found: { readonly address: Address; readonly untilMs: number } | undefined;

  constructor(ports: ProxyPorts, proxy: Proxy) {
    this.ports = ports;
    this.proxy = proxy;
  }

  /** The proxy in errors: without its login. */
  get text(): string {
    return proxyText(this.proxy);
  }

  /** The numeric address where it is known, so that a dial begins in the turn of its call. */
  get knownAddress(): Address | undefined {
    const { host, port } = this.proxy;
    if (isNumericHost(host)) return { host, port };
    const found = this.#found;
    return found !== undefined && this.ports.clock.nowMs() < found.untilMs
      ? found.address
      : undefined;
  }

  /** Looks up the proxy's own name, the only name that this machine looks up. @throws rejects as `Names.resolve`. */
  async findAddress(): Promise<Address> {
    const { host, port } = this.proxy;
    const [first = ""] = await this.ports.names.resolve(host);
    const address = { host: first, port };
    this.#found = { address, untilMs: this.ports.clock.nowMs() + addressKeptMs };
    return address;
  }

  /** Our side of the handshake; undefined without one. UDP is for SOCKS alone. */
  dialogFor(
    { command, target }: ProxyRequest,
    send: (bytes: Uint8Array) => void,
  ): ProxyDialog | undefined {
    const { login, protocol } = this.proxy;
    if (command === "none") return undefined;
    const parts = { target, send, ...(login !== undefined && { login }) };
    return protocol === "socks5"
      ? new SocksDialog({ ...parts, command })
      : new ConnectDialog(parts);
  }
}

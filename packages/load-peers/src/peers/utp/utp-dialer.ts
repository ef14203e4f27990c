// The UDP sockets of a group over uTP: one for each address that its peers dial from, shared by the peers at that address.

import { pause, type Address, type StreamHandlers } from "@troupe/actor-runtime";
import { canonicalHost } from "@troupe/protocol/address";
import { DatagramSlab } from "@troupe/transport";
import type { DialedStream, DialOptions, PeerDialer } from "../peer-dialer.ts";
import { UtpLine, type UtpLinePorts } from "./utp-line.ts";

/** From the end of the last connection to the close of the sockets: the last packets of the other side are acknowledged. */
const lingerMs = 100;

/** Dials over uTP. A dial fails with the reasons of `UtpSockets`, or with the system's code for the socket or for its sends. */
export class UtpDialer implements PeerDialer {
  readonly #ports: UtpLinePorts;
  readonly #slab = new DatagramSlab();
  /** By local address. */
  readonly #lines = new Map<string, UtpLine>();

  constructor(ports: UtpLinePorts) {
    this.#ports = ports;
  }

  /** Opens the socket of the local address with the first dial from it. */
  dial(to: Address, handlers: StreamHandlers, options: DialOptions): DialedStream {
    const host = canonicalHost(to.host);
    const anyHost = host.includes(":") ? "::" : "0.0.0.0";
    const line = this.#lineAt(options.localHost ?? anyHost);
    return line.dial({ host, port: to.port }, handlers, options.timeoutMs);
  }

  /** Closes the sockets. @returns Resolves after 100 ms, if there are any. */
  async close(): Promise<void> {
    if (this.#lines.size === 0) return;
    await pause(this.#ports.timers, lingerMs);
    for (const line of this.#lines.values()) line.close();
    this.#lines.clear();
  }

  /** A line whose socket could not be opened gives way to another try. */
  #lineAt(host: string): UtpLine {
    const known = this.#lines.get(host);
    if (known !== undefined && !known.isClosed) return known;
    const line = new UtpLine(this.#ports, host, this.#slab);
    this.#lines.set(host, line);
    return line;
  }
}

// The sockets of UDP trackers: those of the peers' port where it is open at all addresses, else one of their own a family.

import type { DatagramHandlers, Datagrams, DatagramSocket } from "@troupe/actor-runtime";
import type { AddressFamily } from "@troupe/protocol/tracker";

/** The means of {@link TrackerSockets}. */
export interface SocketServices {
  readonly datagrams: Datagrams;
  /** The peers' UDP port. Absent: there is none. */
  readonly shared?: {
    readonly datagrams: Datagrams;
    /** A socket of the family is open, and reaches all addresses. */
    readonly has: (family: AddressFamily) => boolean;
  };
}

type Sockets = Map<AddressFamily, Promise<DatagramSocket>>;

/** Opens sockets when they are needed. */
export class TrackerSockets {
  readonly #services: SocketServices;
  readonly #handlers: DatagramHandlers;
  readonly #own: Sockets = new Map();
  readonly #shared: Sockets = new Map();
  #isClosed = false;

  /** @param handlers Handlers of all sockets. */
  constructor(services: SocketServices, handlers: DatagramHandlers) {
    this.#services = services;
    this.#handlers = handlers;
  }

  /** A closed socket after `close`. @throws rejects with the system's code. */
  async socketOf(family: AddressFamily): Promise<DatagramSocket> {
    const { datagrams, shared } = this.#services;
    const socket =
      shared?.has(family) === true
        ? await this.#socketIn(this.#shared, shared.datagrams, family)
        : await this.#socketIn(this.#own, datagrams, family);
    if (this.#isClosed) socket.close();
    return socket;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const sockets = await Promise.allSettled([...this.#own.values(), ...this.#shared.values()]);
    for (const opened of sockets) if (opened.status === "fulfilled") opened.value.close();
  }

  async #socketIn(
    sockets: Sockets,
    datagrams: Datagrams,
    family: AddressFamily,
  ): Promise<DatagramSocket> {
    const host = family === 4 ? "0.0.0.0" : "::";
    const bound = sockets.get(family) ?? datagrams.bind({ host, port: 0 }, this.#handlers);
    sockets.set(family, bound);
    try {
      return await bound;
    } catch (error) {
      // A later question tries again: the address family may be there then.
      if (sockets.get(family) === bound) sockets.delete(family);
      throw error;
    }
  }
}

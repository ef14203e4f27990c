// UDP that is bound to an interface.

import { systemError } from "../errors.ts";
import type {
  BindOptions,
  DatagramHandlers,
  Datagrams,
  DatagramSocket,
} from "../ports/datagrams.ts";
import type { Interfaces } from "../ports/interfaces.ts";
import type { Address } from "../ports/sockets.ts";
import type { Timers } from "../ports/timers.ts";
import { FollowingSocket } from "./following-socket.ts";
import { familyOf, interfaceDown, type InterfaceWatch } from "./interface-watch.ts";

/** The sockets below. */
interface BoundDatagramsParts {
  /** Bound to the device where the system can. */
  readonly direct: Datagrams;
  /** Not bound: they choose a free port on loopback while the interface is down. */
  readonly machine: Datagrams;
  readonly interfaces: Pick<Interfaces, "list">;
  readonly timers: Timers;
}

/** UDP from and to the addresses of one interface. */
export class BoundDatagrams implements Datagrams {
  readonly #watch: InterfaceWatch;
  readonly #parts: BoundDatagramsParts;

  constructor(watch: InterfaceWatch, parts: BoundDatagramsParts) {
    this.#watch = watch;
    this.#parts = parts;
  }

  /**
   * Opens a socket at the interface's address for `0.0.0.0` and `::`. It closes when the interface goes and opens again at the
   * same port when the interface is back; meanwhile sends end as `notSent` with the code `interface-down`.
   *
   * @throws rejects with `EADDRNOTAVAIL` for an address or a group of another interface, and with the code of the system.
   */
  async bind(options: BindOptions, handlers: DatagramHandlers): Promise<DatagramSocket> {
    const { direct, machine } = this.#parts;
    const { group } = options;
    if (group?.through !== undefined) this.#refuseOtherGroups(group.through);
    const socket = await FollowingSocket.open(this.#watch, options, {
      open: (place) => direct.bind(this.#optionsAt(place, options), handlers),
      // The port of a group is fixed, and shared.
      ...(group === undefined && {
        openOnLoopback: (place) => machine.bind(place, { received: () => undefined }),
      }),
    });
    return new BoundDatagramSocket(this.#watch, socket, handlers, this.#parts.timers);
  }

  #optionsAt(place: Address, options: BindOptions): BindOptions {
    const { group, host } = options;
    if (group === undefined) return { ...options, ...place };
    const through = familyOf(place.host) === 6 ? `::%${this.#watch.name}` : place.host;
    // A socket at a unicast address gets no datagram of a group.
    return { ...options, ...place, host, group: { through, ...group } };
  }

  /** Groups of other interfaces are refused. */
  #refuseOtherGroups(through: string): void {
    const { name } = this.#watch;
    const own = this.#parts.interfaces.list().find((one) => one.name === name)?.addresses ?? [];
    const isOwn = through === `::%${name}` || own.some(({ host }) => host === through);
    if (!isOwn) throw systemError("EADDRNOTAVAIL", `${through} is not of the interface ${name}`);
  }
}

class BoundDatagramSocket implements DatagramSocket {
  readonly #watch: InterfaceWatch;
  readonly #socket: FollowingSocket<DatagramSocket>;
  readonly #handlers: DatagramHandlers;
  readonly #timers: Timers;
  #isClosed = false;

  constructor(
    watch: InterfaceWatch,
    socket: FollowingSocket<DatagramSocket>,
    handlers: DatagramHandlers,
    timers: Timers,
  ) {
    this.#watch = watch;
    this.#socket = socket;
    this.#handlers = handlers;
    this.#timers = timers;
  }

  get address(): Address {
    return this.#socket.address;
  }

  send(bytes: Uint8Array, to: Address): void {
    if (this.#isClosed) return;
    const { opened } = this.#socket;
    if (opened === undefined) this.#notSent(to, this.#codeNow());
    else if (!this.#watch.reaches(to.host)) this.#notSent(to, "ENETUNREACH");
    else opened.send(bytes, to);
  }

  close(): void {
    this.#isClosed = true;
    void this.#socket.close();
  }

  /** At the end of the turn: the sender may be in the middle of its own step. */
  #notSent(to: Address, code: string): void {
    if (this.#handlers.notSent === undefined) return;
    this.#timers.soon(() => {
      if (!this.#isClosed) this.#handlers.notSent?.(to, code);
    });
  }

  /** A family that the interface lacks is off. */
  #codeNow(): string {
    return this.#watch.state.kind === "up" ? "ENETUNREACH" : interfaceDown;
  }
}

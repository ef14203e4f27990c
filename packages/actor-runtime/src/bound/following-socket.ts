// A socket that follows the addresses of an interface: it closes when the interface goes, and opens at the same port again when
// the interface is back, with another address too.

import { codeOf, systemError } from "../errors.ts";
import type { Address } from "../ports/sockets.ts";
import { isUnspecified } from "../io/network/address.ts";
import { familyOf } from "./interface-watch.ts";
import type { InterfaceUser, InterfaceWatch } from "./interface-watch.ts";

const loopback = { 4: "127.0.0.1", 6: "::1" } as const;

/** The interface has gone this instant, or does not accept packets for its new address yet. */
const notYet: ReadonlySet<string | undefined> = new Set(["EADDRNOTAVAIL", "ENODEV"]);

/** A socket of the system. */
interface SystemSocket {
  readonly address: Address;
  close(): void | Promise<void>;
}

/** Opens sockets of the system. */
interface SocketOpener<Opened extends SystemSocket> {
  /** Opens at an address of the interface. @throws rejects with the code of the system. */
  open(place: Address): Promise<Opened>;
  /** Opens on loopback, past the interface, to find a free port. Absent: the port is taken as it is. */
  readonly openOnLoopback?: (place: Address) => Promise<SystemSocket>;
}

/** `waiting`: the interface has no address for it, or the port is in use there. */
type State<Opened> =
  | { readonly kind: "waiting" | "opening" | "closed" }
  | {
      readonly kind: "open";
      readonly socket: Opened;
      readonly host: string;
      readonly index: number | undefined;
    };

/** A socket that outlives absences of the interface. */
export class FollowingSocket<Opened extends SystemSocket> implements InterfaceUser {
  readonly #watch: InterfaceWatch;
  readonly #host: string;
  readonly #opener: SocketOpener<Opened>;
  readonly #leave: () => void;
  #port: number;
  #state: State<Opened> = { kind: "waiting" };

  private constructor(watch: InterfaceWatch, place: Address, opener: SocketOpener<Opened>) {
    this.#watch = watch;
    this.#host = place.host;
    this.#port = place.port;
    this.#opener = opener;
    this.#leave = watch.addSocket(this);
  }

  /**
   * Opens a socket at the interface's address for `0.0.0.0` and `::`, else at an address of the interface. While the interface
   * has none, the socket waits with a port that is free on this machine.
   *
   * @throws rejects with `EADDRNOTAVAIL` for an address that the interface, which is up, does not have or sockets may not
   *   use; and with the code of the system, whose port may be in use.
   */
  static async open<Opened extends SystemSocket>(
    watch: InterfaceWatch,
    place: Address,
    opener: SocketOpener<Opened>,
  ): Promise<FollowingSocket<Opened>> {
    const { host } = place;
    watch.look();
    if (!isUnspecified(host) && watch.lacks(host))
      throw systemError("EADDRNOTAVAIL", `${host} is not an address of ${watch.name}`);
    const socket = new FollowingSocket(watch, place, opener);
    try {
      await socket.#start();
      return socket;
    } catch (error) {
      await socket.close();
      throw error;
    }
  }

  /** The host that was asked for: the address of the interface may change. */
  get address(): Address {
    return { host: this.#host, port: this.#port };
  }

  /** The socket of the system, while it is open. */
  get opened(): Opened | undefined {
    return this.#state.kind === "open" ? this.#state.socket : undefined;
  }

  async close(): Promise<void> {
    this.#leave();
    const state = this.#state;
    this.#state = { kind: "closed" };
    if (state.kind === "open") await state.socket.close();
  }

  interfaceLooked(): void {
    const state = this.#state;
    if (state.kind === "open" && !this.#isCurrent(state)) {
      this.#state = { kind: "waiting" };
      void state.socket.close();
    }
    const host = this.#wantedHost();
    // The port is tried again at the next look.
    if (this.#state.kind === "waiting" && host !== undefined)
      void this.#open(host).catch(() => undefined);
  }

  async #start(): Promise<void> {
    const host = this.#wantedHost();
    if (host === undefined) return await this.#choosePort();
    try {
      await this.#open(host);
    } catch (error) {
      if (!notYet.has(codeOf(error))) throw error;
      await this.#choosePort();
    }
  }

  /** No packet comes in on loopback. */
  async #choosePort(): Promise<void> {
    const place = { host: loopback[familyOf(this.#host)], port: this.#port };
    const chosen = await this.#opener.openOnLoopback?.(place);
    if (chosen === undefined) return;
    this.#port = chosen.address.port;
    await chosen.close();
  }

  async #open(host: string): Promise<void> {
    this.#state = { kind: "opening" };
    const { index } = this.#watch;
    try {
      const socket = await this.#opener.open({ host, port: this.#port });
      if (this.#isClosed) return await socket.close();
      this.#port = socket.address.port;
      this.#state = { kind: "open", socket, host, index };
    } catch (error) {
      if (!this.#isClosed) this.#state = { kind: "waiting" };
      throw error;
    }
  }

  get #isClosed(): boolean {
    return this.#state.kind === "closed";
  }

  #isCurrent({
    host,
    index,
  }: {
    readonly host: string;
    readonly index: number | undefined;
  }): boolean {
    return this.#watch.has(host) && index === this.#watch.index;
  }

  /** The address to open at; undefined while the interface has none. */
  #wantedHost(): string | undefined {
    const { state } = this.#watch;
    if (state.kind !== "up") return undefined;
    if (isUnspecified(this.#host)) return state.hosts[familyOf(this.#host)];
    return this.#watch.has(this.#host) ? this.#host : undefined;
  }
}

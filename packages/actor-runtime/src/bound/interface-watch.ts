// The interface that the sockets of a thread are bound to, as the thread sees it.

import { isInNetwork, isLoopbackAddress } from "@troupe/protocol/address";
import { isUnspecified, numericHost } from "../io/network/address.ts";
import type { InterfaceHold, InterfaceState } from "../ports/bound-interface.ts";
import type { Clock } from "../ports/clock.ts";
import type { InterfaceAddress, Interfaces } from "../ports/interfaces.ts";
import type { InterfaceRule } from "../ports/network-rules.ts";
import type { Timer, Timers } from "../ports/timers.ts";

/** Between two looks while a socket is open. Sockets close within a second of a change. */
const lookMs = 500;
/** Dials and binds look again after this. */
const freshMs = 100;

/**
 * Public addresses to which the guard asks for the route: of the networks for documentation (RFC 5737, RFC 3849), which a
 * default route serves and no machine has. Nothing is sent to them.
 */
const publicHosts = { 4: "203.0.113.1", 6: "2001:db8::1" } as const;

/** The code of dials, binds and streams that end because the interface is down. */
export const interfaceDown = "interface-down";
/** The code for hosts that the interface does not reach. */
const unreachable = "ENETUNREACH";

/** A stream or socket that follows the interface. */
export interface InterfaceUser {
  interfaceLooked(): void;
}

/** The parts of the ports that a watch needs. */
interface WatchPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly interfaces: Interfaces;
}

/** The address at which a socket begins, or the code of the refusal. */
type BoundWay = { readonly host: string } | { readonly refused: string };

const absent: InterfaceState = { kind: "absent" };
const unaddressed: InterfaceState = { kind: "unaddressed" };

/** Looks at one interface: twice a second while sockets are open, and at each dial and bind. */
export class InterfaceWatch {
  readonly name: string;
  readonly hold: InterfaceHold;
  readonly #hosts: InterfaceRule["hosts"];
  readonly #ports: WatchPorts;
  /** Told when the state has changed. */
  readonly #streams = new Set<InterfaceUser>();
  /** Told at each look: a port may be free again. */
  readonly #sockets = new Set<InterfaceUser>();
  #state: InterfaceState = absent;
  /** All addresses of the interface. */
  #own: readonly InterfaceAddress[] = [];
  /** The addresses that sockets may use, the preferred one first. */
  #usable: readonly InterfaceAddress[] = [];
  /** Addresses of all other interfaces. */
  #others: readonly InterfaceAddress[] = [];
  #index: number | undefined;
  #lookedAtMs = -Infinity;
  #looks: Timer | undefined;

  constructor(rule: Pick<InterfaceRule, "hosts" | "name">, hold: InterfaceHold, ports: WatchPorts) {
    this.name = rule.name;
    this.#hosts = rule.hosts;
    this.hold = hold;
    this.#ports = ports;
  }

  /** The state, as of the last 100 ms. */
  look(): InterfaceState {
    const nowMs = this.#ports.clock.nowMs();
    if (nowMs - this.#lookedAtMs < freshMs) return this.#state;
    this.#lookedAtMs = nowMs;
    this.#update();
    return this.#state;
  }

  /** The state as of the last look. */
  get state(): InterfaceState {
    return this.#state;
  }

  /** Whether the interface is up and has this address, which sockets may use. */
  has(host: string): boolean {
    return this.addresses.some((address) => address.host === host);
  }

  /** Whether the interface has this address, for sockets or not. */
  owns(host: string): boolean {
    return this.#own.some((address) => address.host === host);
  }

  /** Whether the interface is up, and sockets may not use this address: it is not of the interface, or not of the rule. */
  lacks(host: string): boolean {
    const { kind } = this.#state;
    return (kind === "up" || kind === "unaddressed") && !this.has(host);
  }

  /** The system's number of the interface: a socket stays bound to the number, also when the interface was made anew. */
  get index(): number | undefined {
    return this.#index;
  }

  /** @returns The address of ours at which a connection to a numeric host begins. Looks afresh. */
  wayTo(target: string): BoundWay {
    const state = this.look();
    if (state.kind !== "up") return { refused: interfaceDown };
    const host = state.hosts[familyOf(target)];
    if (host === undefined || !this.reaches(target)) return { refused: unreachable };
    if (this.hold === "guard" && !this.#isRouted(target)) return { refused: unreachable };
    return { host };
  }

  /**
   * Whether packets to this host may leave: not to this machine, and with the guard alone not to the networks of other
   * interfaces, where the system would send them by those.
   */
  reaches(target: string): boolean {
    if (isLoopbackAddress(target) || isUnspecified(target)) return false;
    return this.hold === "device" || !this.#isBeside(target);
  }

  /**
   * Whether a name server may be asked. One in the network of another interface alone never is: it cannot be reached, or not
   * over this interface.
   */
  mayAsk(server: string): boolean {
    const state = this.#state;
    if (state.kind !== "up" || state.hosts[familyOf(server)] === undefined) return false;
    if (isLoopbackAddress(server) || this.#isBeside(server)) return false;
    return this.hold === "device" || this.#isRouted(server);
  }

  /** The addresses that sockets may use, the preferred one first; none while the interface is down. */
  get addresses(): readonly InterfaceAddress[] {
    return this.#state.kind === "up" ? this.#usable : [];
  }

  /** A stream is open until the call of the result. */
  addStream(user: InterfaceUser): () => void {
    return this.#add(this.#streams, user);
  }

  /** A socket is open until the call of the result. */
  addSocket(user: InterfaceUser): () => void {
    return this.#add(this.#sockets, user);
  }

  #add(users: Set<InterfaceUser>, user: InterfaceUser): () => void {
    users.add(user);
    this.#looks ??= this.#ports.timers.every(lookMs, () => this.look());
    return () => {
      users.delete(user);
      if (this.#streams.size + this.#sockets.size > 0) return;
      this.#looks?.cancel();
      this.#looks = undefined;
    };
  }

  #update(): void {
    const before = this.#state;
    this.#state = this.#read();
    if (keyOf(before) !== keyOf(this.#state)) tell(this.#streams);
    tell(this.#sockets);
  }

  #read(): InterfaceState {
    const { interfaces } = this.#ports;
    const list = interfaces.list();
    const own = list.find(({ name }) => name === this.name)?.addresses ?? [];
    this.#own = own.filter(({ host }) => !isLinkLocal(host));
    this.#usable = usableAmong(this.#own, this.#hosts);
    this.#others = list.filter(({ name }) => name !== this.name).flatMap((one) => one.addresses);
    if (this.#own.length === 0) return absent;
    const hosts = firstHosts(this.#usable);
    if (hosts === undefined) return unaddressed;
    if (this.hold === "guard" && !this.#isGuarded(hosts)) return { kind: "misrouted" };
    this.#index = interfaces.indexOf(this.name);
    const key = [this.#index ?? "", ...this.#own.map(({ host }) => host)].join(" ");
    return { kind: "up", hosts, key };
  }

  /** Asked for each family that the interface has: the others are off. */
  #isGuarded(hosts: { readonly 4?: string; readonly 6?: string }): boolean {
    return ([4, 6] as const).every(
      (family) => hosts[family] === undefined || this.#isRouted(publicHosts[family]),
    );
  }

  #isRouted(target: string): boolean {
    const source = this.#ports.interfaces.sourceTo(target);
    return source !== undefined && this.owns(source);
  }

  #isBeside(target: string): boolean {
    return !isAmong(target, this.#own) && isAmong(target, this.#others);
  }
}

/** A user may leave, and others may come, during its call. */
function tell(users: ReadonlySet<InterfaceUser>): void {
  for (const user of [...users]) user.interfaceLooked();
}

function keyOf(state: InterfaceState): string {
  return state.kind === "up" ? state.key : state.kind;
}

function isAmong(target: string, addresses: readonly InterfaceAddress[]): boolean {
  return addresses.some(({ host, prefixLength }) => isInNetwork(target, host, prefixLength));
}

/** The addresses that a rule allows, in the order of the rule. */
function usableAmong(
  own: readonly InterfaceAddress[],
  hosts: InterfaceRule["hosts"],
): readonly InterfaceAddress[] {
  if (hosts === undefined) return own;
  const allowed = hosts.flatMap((host) =>
    own.filter((address) =>
      isUnspecified(host) ? familyOf(host) === familyOf(address.host) : address.host === host,
    ),
  );
  return [...new Set(allowed)];
}

function firstHosts(
  addresses: readonly InterfaceAddress[],
): { readonly 4?: string; readonly 6?: string } | undefined {
  const [ip4, ip6] = ([4, 6] as const).map((family) =>
    addresses.find(({ host }) => familyOf(host) === family),
  );
  if (ip4 === undefined && ip6 === undefined) return undefined;
  return { ...(ip4 && { 4: ip4.host }), ...(ip6 && { 6: ip6.host }) };
}

/** Link-local addresses of IPv6 need a zone, and lead to no other network. */
function isLinkLocal(host: string): boolean {
  return isInNetwork(host, "fe80::", 10);
}

/** The family of a numeric host. IPv4 in IPv6 is IPv4, as the kernel sends it. */
export function familyOf(host: string): 4 | 6 {
  return numericHost(host).includes(":") ? 6 : 4;
}

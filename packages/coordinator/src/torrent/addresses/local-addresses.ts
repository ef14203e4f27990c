import type { Clock, Interfaces } from "@troupe/actor-runtime";
import { familyOf } from "./own-addresses.ts";

/** Interfaces change seldom, and a list of addresses may name our port often. */
const listedForMs = 10_000;

interface LocalServices {
  readonly clock: Pick<Clock, "nowMs">;
  readonly interfaces: Pick<Interfaces, "list">;
}

/** The addresses of this machine at which the engine listens. */
export class LocalAddresses {
  readonly #services: LocalServices;
  readonly #hosts: () => readonly string[];
  #own: ReadonlySet<string> = new Set();
  #listedAtMs = -Infinity;

  /** @param hosts Listening addresses; `0.0.0.0` and `::` are all of their family. */
  constructor(services: LocalServices, hosts: () => readonly string[]) {
    this.#services = services;
    this.#hosts = hosts;
  }

  has(host: string): boolean {
    const hosts = this.#hosts();
    if (hosts.includes(host)) return true;
    return hosts.includes(familyOf(host) === 6 ? "::" : "0.0.0.0") && this.#list().has(host);
  }

  #list(): ReadonlySet<string> {
    const nowMs = this.#services.clock.nowMs();
    if (nowMs - this.#listedAtMs < listedForMs) return this.#own;
    this.#listedAtMs = nowMs;
    const addresses = this.#services.interfaces.list().flatMap((one) => one.addresses);
    this.#own = new Set(addresses.map(({ host }) => host));
    return this.#own;
  }
}

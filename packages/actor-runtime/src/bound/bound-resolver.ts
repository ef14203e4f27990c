import { systemError } from "../errors.ts";
import { Resolver } from "../io/network/resolver.ts";
import type { AskServers, HostResolver, Resolved } from "../io/network/resolver.ts";
import type { InterfaceState } from "../ports/bound-interface.ts";
import type { NetworkRules } from "../ports/network-rules.ts";
import { interfaceDown, type InterfaceWatch } from "./interface-watch.ts";

/** The sources of names. */
interface BoundResolverParts {
  readonly families: NetworkRules["families"];
  /** The servers that may be asked now; undefined: none. */
  readonly openServers: () => AskServers | undefined;
}

/** Resolves names of the `hosts` file, and others by name servers within the interface's reach. */
export class BoundResolver implements HostResolver {
  readonly #watch: InterfaceWatch;
  readonly #parts: BoundResolverParts;
  #state: InterfaceState | undefined;
  #resolver: Resolver | undefined;

  constructor(watch: InterfaceWatch, parts: BoundResolverParts) {
    this.#watch = watch;
    this.#parts = parts;
  }

  /**
   * @throws rejects as {@link Resolver.resolve}, and for names that no file has with `interface-down`, or `dns-not-bound`
   *   where no name server may be asked.
   */
  async resolve(name: string, family?: 4 | 6): Promise<Resolved> {
    const state = this.#watch.look();
    // Another network has other name servers.
    if (state !== this.#state || this.#resolver === undefined) {
      this.#state = state;
      this.#resolver = this.#make(state);
    }
    return await this.#resolver.resolve(name, family);
  }

  #make(state: InterfaceState): Resolver {
    const { families, openServers } = this.#parts;
    const has = (family: 4 | 6): boolean =>
      state.kind === "up" && state.hosts[family] !== undefined;
    const own = families.filter(has);
    return new Resolver({
      families: own.length > 0 ? own : families,
      openServers: () => (state.kind === "up" ? (openServers() ?? notBound) : this.#down),
    });
  }

  readonly #down: AskServers = () =>
    Promise.reject(systemError(interfaceDown, `the interface ${this.#watch.name} is down`));
}

const notBound: AskServers = () =>
  Promise.reject(
    systemError(
      "dns-not-bound",
      "no name server can be asked over the interface: name one that it reaches with --dns",
    ),
  );

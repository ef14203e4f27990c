import { isInNetwork } from "@troupe/protocol/address";
import type { Interfaces, NetworkInterface } from "../../ports/interfaces.ts";
import { isIpv6, isLoopback } from "./hosts-and-ports.ts";

const usualPrefixLength = { 4: 24, 6: 64 } as const;

/** The interfaces of a simulated machine: `eth0` with all its addresses, until a test says otherwise. */
export class SimulatedInterfaces implements Interfaces {
  /** The interface of the routes to other networks, which are there while the machine has it. */
  defaultRoute: string | undefined = "eth0";
  #list: readonly NetworkInterface[];
  readonly #indexes = new Map<string, number>();
  #lastIndex = 0;

  constructor(addresses: readonly string[]) {
    this.#list = [
      {
        name: "eth0",
        addresses: addresses.map((host) => ({
          host,
          prefixLength: usualPrefixLength[isIpv6(host) ? 6 : 4],
          isInternal: isLoopback(host),
        })),
      },
    ];
    this.#number();
  }

  list(): readonly NetworkInterface[] {
    return this.#list;
  }

  /** Networks come and go. The addresses of the machine stay those that it has. */
  set(list: readonly NetworkInterface[]): void {
    this.#list = list;
    this.#number();
  }

  /** An interface that leaves and comes back has another number. */
  indexOf(name: string): number | undefined {
    return this.#indexes.get(name);
  }

  sourceTo(host: string): string | undefined {
    if (isLoopback(host)) return host;
    const addresses = this.#list.flatMap((one) => one.addresses);
    const beside = addresses.find((own) => isInNetwork(host, own.host, own.prefixLength));
    const through = this.#list.find(({ name }) => name === this.defaultRoute)?.addresses ?? [];
    return (beside ?? through.find((own) => isIpv6(own.host) === isIpv6(host)))?.host;
  }

  #number(): void {
    const names = new Set(this.#list.map(({ name }) => name));
    for (const name of this.#indexes.keys()) if (!names.has(name)) this.#indexes.delete(name);
    for (const name of names)
      if (!this.#indexes.has(name)) this.#indexes.set(name, ++this.#lastIndex);
  }
}

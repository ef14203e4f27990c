import type { Interfaces, NetworkInterface } from "../../ports/interfaces.ts";
import { isIpv6, isLoopback } from "./hosts-and-ports.ts";

const usualPrefixLength = { 4: 24, 6: 64 } as const;

/** The interfaces of a simulated machine: `eth0` with all its addresses, until a test says otherwise. */
export class SimulatedInterfaces implements Interfaces {
  #list: readonly NetworkInterface[];

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
  }

  list(): readonly NetworkInterface[] {
    return this.#list;
  }

  /** Networks come and go. The addresses of the machine stay those that it has. */
  set(list: readonly NetworkInterface[]): void {
    this.#list = list;
  }
}

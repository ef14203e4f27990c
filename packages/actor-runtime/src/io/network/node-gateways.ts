import type { Gateways } from "../../ports/gateways.ts";
import { systemModule } from "../system/system-module.ts";
import { readRoutes, type InterfaceAddress } from "./linux-routes.ts";

/** The kernel answers at once: no disk is read. */
const routeTable = "/proc/net/route";

/** The real {@link Gateways}: on Linux; elsewhere none. */
export const nodeGateways: Gateways = {
  list() {
    try {
      const table = systemModule("node:fs").readFileSync(routeTable, "latin1");
      return readRoutes(table, addressesOfInterfaces());
    } catch {
      // Another system, or no right to read the table.
      return [];
    }
  },
};

function addressesOfInterfaces(): readonly InterfaceAddress[] {
  const interfaces = Object.entries(systemModule("node:os").networkInterfaces());
  return interfaces.flatMap(([name, addresses = []]) =>
    addresses.flatMap(({ address, family, netmask }) =>
      family === "IPv4" ? [{ name, host: address, netmask }] : [],
    ),
  );
}

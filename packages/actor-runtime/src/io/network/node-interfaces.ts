import { networkInterfaces } from "node:os";

import type { InterfaceAddress, Interfaces, NetworkInterface } from "../../ports/interfaces.ts";
import { numericHost } from "./address.ts";

/** The interfaces as the system lists them. */
export const nodeInterfaces: Interfaces = {
  list: () => Object.entries(listed()).map(([name, entries = []]) => interfaceOf(name, entries)),
};

type Listed = ReturnType<typeof networkInterfaces>;

/** Some systems refuse the list to programs. */
function listed(): Listed {
  try {
    return networkInterfaces();
  } catch {
    return {};
  }
}

function interfaceOf(name: string, entries: NonNullable<Listed[string]>): NetworkInterface {
  return { name, addresses: entries.flatMap(addressOf) };
}

/** Without a valid mask there is no `cidr`. */
function addressOf({
  address,
  cidr,
  internal,
}: NonNullable<Listed[string]>[number]): InterfaceAddress[] {
  if (cidr === null) return [];
  const prefixLength = Number(cidr.slice(cidr.indexOf("/") + 1));
  return [{ host: numericHost(address), prefixLength, isInternal: internal }];
}

import { networkInterfaces } from "node:os";
import { isIP } from "node:net";

import type { InterfaceAddress, Interfaces, NetworkInterface } from "../../ports/interfaces.ts";
import { systemModule } from "../system/system-module.ts";
import { isUnspecified, numericHost } from "./address.ts";

/** Nothing is sent to it. */
const anyPort = 9;

/** The interfaces as the system lists them. */
export const nodeInterfaces: Interfaces = {
  list: () => Object.entries(listed()).map(([name, entries = []]) => interfaceOf(name, entries)),
  indexOf,
  sourceTo,
};

/**
 * The interfaces with IPv4, each with its number: `4 eth0 : …`. Of the network namespace of this process, unlike the files in
 * `/sys`.
 */
const indexTable = "/proc/net/igmp";

/** On Linux; elsewhere the system does not tell. The kernel answers at once: no disk is read. */
function indexOf(name: string): number | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const lines = systemModule("node:fs").readFileSync(indexTable, "latin1").split("\n");
    const fields = lines.map((line) => line.split(/\s+/u)).find(([, device]) => device === name);
    return fields === undefined ? undefined : Number(fields[0]);
  } catch {
    return undefined;
  }
}

/** Connecting a UDP socket chooses the route. A look-up that answers within its call makes it synchronous. */
function sourceTo(host: string): string | undefined {
  const family = isIP(host);
  if (family === 0) return undefined;
  const socket = systemModule("node:dgram").createSocket({
    type: family === 6 ? "udp6" : "udp4",
    lookup: (name, _options, done) => done(null, name, family),
  });
  socket.on("error", () => {});
  try {
    socket.bind({ address: family === 6 ? "::" : "0.0.0.0", port: 0, exclusive: true });
    socket.connect(anyPort, host);
    const { address } = socket.address();
    // Without a route it keeps the unspecified address.
    return isUnspecified(address) ? undefined : numericHost(address);
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}

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

/** The transport and host of a tracker. */
export interface TrackerAddress {
  readonly transport: "http" | "udp";
  /** A name or an address, IPv6 in brackets. */
  readonly host: string;
  /** UDP port, 80 unless the URL names another. */
  readonly port: number;
}

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443, "udp:": 80 };

/** @returns Undefined for a URL of another protocol. */
export function trackerAddress(url: string): TrackerAddress | undefined {
  const { protocol = "", hostname: host = "", port = "" } = URL.parse(url) ?? {};
  const defaultPort = defaultPorts[protocol];
  if (defaultPort === undefined) return undefined;
  const transport = protocol === "udp:" ? "udp" : "http";
  return { transport, host, port: port === "" ? defaultPort : Number(port) };
}

// Numeric hosts by kind, and the ports that a simulated system picks.

const firstFreePort = 49_152;
const lastPort = 65_535;

/** 127.0.0.0/8, ::1. */
export function isLoopback(host: string): boolean {
  return host === "::1" || host.startsWith("127.");
}

/** 224.0.0.0/4, ff00::/8. */
export function isGroup(host: string): boolean {
  if (isIpv6(host)) return host.startsWith("ff");
  const first = Number.parseInt(host, 10);
  return first >= 224 && first < 240;
}

/** 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16. */
export function isPrivate(host: string): boolean {
  return /^(?:10|172\.(?:1[6-9]|2\d|3[01])|192\.168)\./u.test(host);
}

/** `host` is an IPv6 address. */
export function isIpv6(host: string): boolean {
  return host.includes(":");
}

/** Free ports in turn, from 49,152 to 65,535 and round again. */
export class FreePorts {
  #last = lastPort;

  /** The next port that no socket has. */
  next(sockets: Iterable<{ readonly address: { readonly port: number } }>): number {
    const taken = new Set([...sockets].map(({ address }) => address.port));
    do this.#last = this.#last >= lastPort ? firstFreePort : this.#last + 1;
    while (taken.has(this.#last));
    return this.#last;
  }
}

// How an address is written where it is a key or shown to people.

/** `1.2.3.4:6881` or `[2001:db8::1]:6881`. */
export function addressKey(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

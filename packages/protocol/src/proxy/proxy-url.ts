// The address of a proxy as users write it: `socks5://user:password@host:port` or `http://…`.

import { isHostText } from "../address/address.ts";
import { canonicalHost, parseDigits } from "../address/ip-address.ts";
import { ProtocolError } from "../errors.ts";

/** RFC 1929: a user name and a password have a length of one byte. */
const mostLoginBytes = 255;
/** Ports of an address that names none. */
const defaultPorts = { socks5: 1_080, http: 80 } as const;

/** A user name and its password. Both are secrets: no text for people has them. */
export interface ProxyLogin {
  /** 1 to 255 bytes of UTF-8. */
  readonly user: string;
  /** At most 255 bytes of UTF-8. */
  readonly password: string;
}

/** A proxy. */
export interface Proxy {
  readonly protocol: keyof typeof defaultPorts;
  /** A name in lower case, or a numeric address without brackets. */
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
  readonly login?: ProxyLogin;
}

/** Scheme, login, host and port. The login has neither `@` nor `/` unless percent-encoded. */
const shape =
  /^(socks5|http):\/\/(?:([^@/?#\s]*)@)?(\[[^\]]*\]|[^:@/?#[\]\s]+)(?::(\d{1,5}))?\/?$/i;

/**
 * Reads the address of a proxy: `socks5://` (RFC 1928) or `http://`, with a port of 1080 or 80 if it names none. User
 * name and password are percent-encoded.
 *
 * @throws {ProtocolError} `proxy-url-malformed`. Its message has no part of the text, which may be a password.
 */
export function parseProxyUrl(text: string): Proxy {
  const [, scheme = "", login, named = "", digits] = shape.exec(text.trim()) ?? [];
  const protocol = scheme.toLowerCase() === "http" ? "http" : "socks5";
  const host = named.startsWith("[") ? named.slice(1, -1) : named;
  const port = digits === undefined ? defaultPorts[protocol] : (parseDigits(digits, 10, 5) ?? 0);
  const isHost = isHostText(host) && named.startsWith("[") === host.includes(":");
  if (scheme === "" || !isHost || port < 1 || port > 65_535) throw malformed();
  return {
    protocol,
    host: canonicalHost(host.toLowerCase()),
    port,
    ...(login !== undefined && { login: parseLogin(login) }),
  };
}

/** A proxy for people and logs: without user name and password. */
export function proxyText({ protocol, host, port }: Omit<Proxy, "login">): string {
  return `${protocol}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function parseLogin(text: string): ProxyLogin {
  const [user = "", ...rest] = text.split(":");
  const login = { user: decoded(user), password: decoded(rest.join(":")) };
  const isTooLong = Object.values(login).some((each) => Buffer.byteLength(each) > mostLoginBytes);
  if (login.user === "" || isTooLong) throw malformed();
  return login;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw malformed();
  }
}

function malformed(): ProtocolError {
  return new ProtocolError("proxy-url-malformed", {
    operation: "parse-proxy-url",
    message:
      "cannot read the address of a proxy: it is socks5://HOST:PORT or http://HOST:PORT, with USER:PASSWORD@ before the host if the proxy asks for a login",
  });
}

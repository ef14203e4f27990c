// https://www.rfc-editor.org/rfc/rfc1928 (SOCKS 5) and https://www.rfc-editor.org/rfc/rfc1929 (its login). All numbers are
// big-endian.
//
//   greeting   0  1  version, 5       1  1  count of methods       2  n  methods: 0 none, 2 user and password
//   method     0  1  version, 5       1  1  method, 255 for none
//   login      0  1  version, 1       1  1  length, then the user, the length of the password, the password
//   answer     0  1  version, 1       1  1  0 for success
//   request    0  1  version, 5       1  1  1 CONNECT, 3 UDP ASSOCIATE   2  1  0   3  address and port
//   reply      0  1  version, 5       1  1  0 for success                2  1  0   3  address and port
//   datagram   0  2  0                2  1  fragment, 0                            3  address and port, then the payload
//
//   address    0  1  type: 1 IPv4, 3 name, 4 IPv6; then 4 bytes, a length and as many bytes, or 16 bytes; then the port

import { packAddress } from "../address/packed-address.ts";
import { formatIp } from "../address/ip-address.ts";
import { readUint16, writeUint16 } from "../bytes/byte-order.ts";
import type { ProxyAddress, ProxyDialog, ProxyRefusal, ProxyStep } from "./proxy-step.ts";
import type { ProxyLogin } from "./proxy-url.ts";

/** The longest reply, with a name of 255 bytes. */
export const longestSocksReplyBytes = 262;

const version = 5;
const loginVersion = 1;
const methods = { none: 0, login: 2, refused: 255 } as const;
const commands = { connect: 1, "udp-associate": 3 } as const;
const addressTypes = { ip4: 1, name: 3, ip6: 4 } as const;
/** Before the address of a reply, a request or a datagram. */
const headBytes = 3;
const more: ProxyStep = { kind: "more" };

/** Replies that tell how the target answered. All others are refusals of the proxy. */
const refusals: Readonly<Record<number, ProxyRefusal>> = {
  3: "ENETUNREACH",
  4: "EHOSTUNREACH",
  5: "ECONNREFUSED",
  6: "ETIMEDOUT",
};

/** The parts of a handshake. */
interface SocksParts {
  readonly command: keyof typeof commands;
  /** A numeric address, or a name that the proxy looks up: 255 bytes at most. */
  readonly target: ProxyAddress;
  readonly login?: ProxyLogin;
  /** Takes the memory. */
  readonly send: (bytes: Uint8Array) => void;
}

/** Our side of the handshake. Holds at most 262 bytes of the proxy. */
export class SocksDialog implements ProxyDialog {
  readonly #parts: SocksParts;
  readonly #bytes = new Uint8Array(longestSocksReplyBytes);
  #length = 0;
  #awaits: "method" | "login" | "reply" = "method";

  constructor(parts: SocksParts) {
    this.#parts = parts;
  }

  begin(): void {
    const { login, send } = this.#parts;
    const offered = login === undefined ? [methods.none] : [methods.none, methods.login];
    send(Uint8Array.of(version, offered.length, ...offered));
  }

  receive(chunk: Uint8Array): ProxyStep {
    let used = 0;
    for (;;) {
      const missing = this.#neededBytes() - this.#length;
      const taken = chunk.subarray(used, used + missing);
      this.#bytes.set(taken, this.#length);
      this.#length += taken.length;
      used += taken.length;
      if (taken.length < missing) return more;
      // The bytes so far may say that the address is longer.
      if (this.#neededBytes() > this.#length) continue;
      const step = this.#read(chunk.subarray(used));
      if (step.kind !== "more") return step;
      this.#length = 0;
    }
  }

  /** Bytes of the awaited reply, as far as they are known. */
  #neededBytes(): number {
    if (this.#awaits !== "reply") return 2;
    if (this.#length < headBytes + 2) return headBytes + 2;
    return headBytes + (addressBytes(this.#bytes, headBytes) ?? 2);
  }

  #read(rest: Uint8Array): ProxyStep {
    if (this.#awaits === "method") return this.#readMethod();
    if (this.#awaits === "login") return this.#readLogin();
    const [itsVersion, code = 1] = this.#bytes;
    if (itsVersion !== version) return refused("proxy-malformed");
    if (code !== 0) return refused(refusals[code] ?? "proxy-refused");
    const bound = readAddress(this.#bytes, headBytes, this.#length);
    return bound === undefined
      ? refused("proxy-malformed")
      : { kind: "open", bound: bound.address, rest };
  }

  #readMethod(): ProxyStep {
    const { login, send } = this.#parts;
    const [itsVersion, method] = this.#bytes;
    if (itsVersion !== version) return refused("proxy-malformed");
    if (method === methods.none) return this.#request();
    // Without a login the proxy was offered none, and asks for one.
    if (method === methods.refused)
      return refused(login === undefined ? "proxy-login" : "proxy-refused");
    if (method !== methods.login || login === undefined) return refused("proxy-malformed");
    this.#awaits = "login";
    send(loginBytes(login));
    return more;
  }

  #readLogin(): ProxyStep {
    const [itsVersion, status] = this.#bytes;
    // Some proxies answer with the version of SOCKS.
    if (itsVersion !== loginVersion && itsVersion !== version) return refused("proxy-malformed");
    return status === 0 ? this.#request() : refused("proxy-login");
  }

  #request(): ProxyStep {
    const { command, send, target } = this.#parts;
    const address = packTarget(target);
    if (address === undefined) return refused("proxy-refused");
    this.#awaits = "reply";
    send(Uint8Array.of(version, commands[command], 0, ...address));
    return more;
  }
}

/** A datagram on its way through a proxy. */
interface SocksDatagram {
  readonly from: ProxyAddress;
  /** A view of the datagram. */
  readonly payload: Uint8Array;
}

/** @returns The datagram for the relay, in memory of its own; undefined for a target that has no form: a longer name. */
export function encodeSocksDatagram(to: ProxyAddress, payload: Uint8Array): Uint8Array | undefined {
  const address = packTarget(to);
  if (address === undefined) return undefined;
  const bytes = new Uint8Array(headBytes + address.length + payload.length);
  bytes.set(address, headBytes);
  bytes.set(payload, headBytes + address.length);
  return bytes;
}

/** @returns Undefined for a fragment, and for bytes that are no datagram of a relay. */
export function decodeSocksDatagram(bytes: Uint8Array): SocksDatagram | undefined {
  if (bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== 0) return undefined;
  const read = readAddress(bytes, headBytes, bytes.length);
  return read && { from: read.address, payload: bytes.subarray(read.end) };
}

/** Bytes of an address with its type and port; undefined for another type. At least two bytes must be there. */
function addressBytes(bytes: Uint8Array, at: number): number | undefined {
  const type = bytes[at];
  if (type === addressTypes.ip4) return 7;
  if (type === addressTypes.ip6) return 19;
  return type === addressTypes.name ? 4 + (bytes[at + 1] ?? 0) : undefined;
}

function readAddress(
  bytes: Uint8Array,
  at: number,
  limit: number,
): { readonly address: ProxyAddress; readonly end: number } | undefined {
  const lengthBytes = limit < at + 2 ? undefined : addressBytes(bytes, at);
  if (lengthBytes === undefined || at + lengthBytes > limit) return undefined;
  const end = at + lengthBytes;
  const isName = bytes[at] === addressTypes.name;
  const host = bytes.subarray(at + (isName ? 2 : 1), end - 2);
  const port = readUint16(bytes, end - 2);
  if (isName && !/^[\w.:-]+$/.test(Buffer.from(host).toString("latin1"))) return undefined;
  const text = isName ? Buffer.from(host).toString("latin1").toLowerCase() : formatIp(host);
  return { address: { host: text, port }, end };
}

/** Type, address and port; undefined for a name without bytes, or with more than 255. */
function packTarget({ host, port }: ProxyAddress): Uint8Array | undefined {
  const numeric = packAddress(host);
  const name = numeric === undefined ? Buffer.from(host, "utf8") : undefined;
  if (name !== undefined && (name.length === 0 || name.length > 255)) return undefined;
  const head =
    name === undefined
      ? [numeric?.length === 4 ? addressTypes.ip4 : addressTypes.ip6]
      : [addressTypes.name, name.length];
  const hostBytes = name ?? numeric ?? new Uint8Array();
  const bytes = new Uint8Array(head.length + hostBytes.length + 2);
  bytes.set(head);
  bytes.set(hostBytes, head.length);
  writeUint16(bytes, bytes.length - 2, port);
  return bytes;
}

function loginBytes({ user, password }: ProxyLogin): Uint8Array {
  const [name, secret] = [Buffer.from(user), Buffer.from(password)];
  return Uint8Array.of(loginVersion, name.length, ...name, secret.length, ...secret);
}

function refused(reason: ProxyRefusal): ProxyStep {
  return { kind: "refused", reason };
}

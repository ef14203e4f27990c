// Sockets that the system binds to a device (SO_BINDTODEVICE), which Node cannot ask for: Linux alone, by the optional package
// `koffi`. No other file loads it. Since Linux 5.7 no right is needed.

import { parseIp } from "@troupe/protocol/address";
import type koffi from "koffi";

import { systemError } from "../../errors.ts";
import type { ListenOptions } from "../../ports/sockets.ts";
import { systemModule } from "../system/system-module.ts";

/** Numbers of Linux, the same on every machine that Node runs on but those of MIPS and SPARC. */
const linux = {
  ...{ AF_INET: 2, AF_INET6: 10, SOCK_STREAM: 1, SOCK_DGRAM: 2 },
  ...{ SOCK_NONBLOCK: 0o4_000, SOCK_CLOEXEC: 0o2_000_000 },
  ...{ SOL_SOCKET: 1, SO_REUSEADDR: 2, SO_REUSEPORT: 15, SO_BINDTODEVICE: 25 },
  ...{ IPPROTO_IPV6: 41, IPV6_V6ONLY: 26 },
} as const;
const addressBytes = { 4: 16, 6: 28 } as const;
/** Exists on every machine. */
const anyDevice = "lo";

/** Opens sockets that are bound to one device. Each result is a descriptor, which its caller closes. */
export interface DeviceSockets {
  /** A TCP socket to dial with. @throws an error with the code of the system: `ENODEV` without the device. */
  openStream(family: 4 | 6): number;
  /** A TCP socket that is bound to a port. @throws as `openStream`; `EADDRINUSE` … */
  openListener(options: ListenOptions): number;
  /** A UDP socket that is bound to a port; one of IPv6 receives IPv6 alone. @throws as `openListener`. */
  openDatagrams(place: { readonly host: string; readonly port: number }, isShared: boolean): number;
}

/** The calls of the system. */
interface SystemCalls {
  readonly socket: (domain: number, type: number, protocol: number) => number;
  readonly setOption: (
    descriptor: number,
    level: number,
    option: number,
    value: Uint8Array,
    lengthBytes: number,
  ) => number;
  readonly bind: (descriptor: number, address: Uint8Array, lengthBytes: number) => number;
  readonly close: (descriptor: number) => number;
  readonly errno: () => number;
}

/** @returns Undefined where the system, or its lack of `koffi`, offers no such sockets. */
export function deviceSockets(device: string): DeviceSockets | undefined {
  const calls = systemCalls();
  return calls === undefined || !mayBind(calls) ? undefined : new LinuxSockets(calls, device);
}

function systemCalls(): SystemCalls | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const load = systemModule("node:module").createRequire(import.meta.url);
    const library = load("koffi") as typeof koffi;
    const c = library.load(null);
    return {
      socket: c.func("int socket(int domain, int type, int protocol)"),
      setOption: c.func(
        "int setsockopt(int descriptor, int level, int option, const void *value, unsigned int length)",
      ),
      bind: c.func("int bind(int descriptor, const void *address, unsigned int length)"),
      close: c.func("int close(int descriptor)"),
      errno: () => library.errno(),
    };
  } catch {
    // Not installed, or not for this machine.
    return undefined;
  }
}

/** An older Linux binds to a device for root alone. */
function mayBind(calls: SystemCalls): boolean {
  try {
    calls.close(openSocket(calls, anyDevice, 4, linux.SOCK_DGRAM));
    return true;
  } catch {
    return false;
  }
}

class LinuxSockets implements DeviceSockets {
  readonly #calls: SystemCalls;
  readonly #device: string;

  constructor(calls: SystemCalls, device: string) {
    this.#calls = calls;
    this.#device = device;
  }

  openStream(family: 4 | 6): number {
    return openSocket(this.#calls, this.#device, family, linux.SOCK_STREAM);
  }

  openListener({ host, port, reusePort, ipv6Only }: ListenOptions): number {
    const options = [
      [linux.SOL_SOCKET, linux.SO_REUSEADDR, true],
      [linux.SOL_SOCKET, linux.SO_REUSEPORT, reusePort === true],
      [linux.IPPROTO_IPV6, linux.IPV6_V6ONLY, ipv6Only === true],
    ] as const;
    return this.#openAt({ host, port }, linux.SOCK_STREAM, options);
  }

  openDatagrams(
    place: { readonly host: string; readonly port: number },
    isShared: boolean,
  ): number {
    const options = [
      [linux.SOL_SOCKET, linux.SO_REUSEADDR, isShared],
      [linux.IPPROTO_IPV6, linux.IPV6_V6ONLY, place.host.includes(":")],
    ] as const;
    return this.#openAt(place, linux.SOCK_DGRAM, options);
  }

  #openAt(
    { host, port }: { readonly host: string; readonly port: number },
    kind: number,
    options: readonly (readonly [level: number, option: number, isSet: boolean])[],
  ): number {
    const calls = this.#calls;
    const address = socketAddress(host, port);
    const descriptor = openSocket(calls, this.#device, host.includes(":") ? 6 : 4, kind);
    try {
      for (const [level, option, isSet] of options)
        if (isSet) succeed(calls, "setsockopt", calls.setOption(descriptor, level, option, one, 4));
      succeed(calls, "bind", calls.bind(descriptor, address, address.length));
      return descriptor;
    } catch (error) {
      calls.close(descriptor);
      throw error;
    }
  }
}

/** `1` as an int of C. */
const one = new Uint8Array(Int32Array.of(1).buffer);

function openSocket(calls: SystemCalls, device: string, family: 4 | 6, kind: number): number {
  const domain = family === 4 ? linux.AF_INET : linux.AF_INET6;
  const flags = linux.SOCK_NONBLOCK | linux.SOCK_CLOEXEC;
  const descriptor = succeed(calls, "socket", calls.socket(domain, kind | flags, 0));
  try {
    const name = Buffer.from(`${device}\0`);
    const { SOL_SOCKET, SO_BINDTODEVICE } = linux;
    const bound = calls.setOption(descriptor, SOL_SOCKET, SO_BINDTODEVICE, name, name.length);
    succeed(calls, "setsockopt", bound);
    return descriptor;
  } catch (error) {
    calls.close(descriptor);
    throw error;
  }
}

/** @throws an error with the code of the call that failed. */
function succeed(calls: SystemCalls, call: string, result: number): number {
  if (result >= 0) return result;
  const number = calls.errno();
  const { errno } = systemModule("node:os").constants;
  const [code = "EIO"] = Object.entries(errno).find(([, value]) => value === number) ?? [];
  throw systemError(code, `${call} failed`);
}

/** `sockaddr_in`: family, port, address. `sockaddr_in6`: family, port, flow, address, scope. The port is big-endian. */
function socketAddress(host: string, port: number): Uint8Array {
  const ip = parseIp(host);
  if (ip === undefined) throw systemError("EINVAL", `"${host}" is not a numeric address`);
  const isIp4 = ip.length === 4;
  const bytes = new Uint8Array(addressBytes[isIp4 ? 4 : 6]);
  bytes.set(new Uint8Array(Uint16Array.of(isIp4 ? linux.AF_INET : linux.AF_INET6).buffer));
  bytes.set([port >> 8, port & 0xff], 2);
  bytes.set(ip, isIp4 ? 4 : 8);
  return bytes;
}

// Ports without a system: only time is there.

import type { Ports } from "../../src/index.ts";
import type { ManualTime } from "./testing/index.ts";

/** The clock and timers of `time`; chance is constant, all else refuses. */
export function manualPorts(time: ManualTime): Ports {
  return {
    clock: time,
    timers: time,
    random: {
      next: () => 0,
      integer: () => 0,
      bytes: (lengthBytes) => new Uint8Array(lengthBytes),
    },
    sockets: { dial: () => refuse(), listen: () => refuse() },
    datagrams: { bind: () => refuse() },
    interfaces: { list: () => [], indexOf: () => undefined, sourceTo: () => undefined },
    http: { get: () => refuse(), post: () => refuse(), openClient: () => refuse() },
    gateways: { list: () => [] },
    names: { resolve: () => refuse(), resolveAllowed: () => refuse() },
    modules: { load: () => refuse() },
    folders: { look: () => refuse(), stuck: [] },
    disk: new Proxy({} as Ports["disk"], { get: () => refuse }),
    sha1: () => refuse(),
    compileForSpeed: () => refuse(),
  };
}

function refuse(): never {
  throw new Error("not in this test");
}

import type { BoundInterface } from "./bound-interface.ts";
import type { Clock } from "./clock.ts";
import type { Datagrams } from "./datagrams.ts";
import type { Disk } from "./disk.ts";
import type { Folders } from "./folders.ts";
import type { Gateways } from "./gateways.ts";
import type { Http } from "./http.ts";
import type { Interfaces } from "./interfaces.ts";
import type { Modules } from "./modules.ts";
import type { Names } from "./names.ts";
import type { Random } from "./random.ts";
import type { Sockets } from "./sockets.ts";
import type { Timers } from "./timers.ts";

/** Everything impure, real or simulated. */
export interface Ports {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly sockets: Sockets;
  readonly datagrams: Datagrams;
  readonly http: Http;
  readonly names: Names;
  readonly interfaces: Interfaces;
  readonly gateways: Gateways;
  /** The interface that all network ports are bound to. Absent without one in the rules. */
  readonly boundInterface?: BoundInterface;
  /** The network by way of the proxy of the rules. Absent without a proxy. */
  readonly viaProxy?: ViaProxy;
  readonly disk: Disk;
  readonly folders: Folders;
  readonly modules: Modules;
  readonly sha1: (...parts: readonly Uint8Array[]) => Uint8Array;
  /** Loops of our own that go over much payload are compiled for speed from now on, for the rest of the process. */
  readonly compileForSpeed: () => void;
}

/** The network by way of a proxy. */
export interface ViaProxy {
  readonly http: Http;
  /** Its sockets take names as hosts too, which the proxy looks up. */
  readonly datagrams: Datagrams;
  /** A name is its own address: the proxy looks it up. */
  readonly names: Names;
}

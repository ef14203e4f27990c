import { wrapDisk } from "../actor/wrap-disk.ts";
import type { Clock } from "../ports/clock.ts";
import type { Datagrams } from "../ports/datagrams.ts";
import type { Disk } from "../ports/disk.ts";
import type { Gateway } from "../ports/gateways.ts";
import type { Http } from "../ports/http.ts";
import type { Names } from "../ports/names.ts";
import type { ProxyRule } from "../ports/network-rules.ts";
import type { Ports } from "../ports/ports.ts";
import type { ProxyAccess } from "../proxy/proxy-access.ts";
import { throughProxy } from "../proxy/through-proxy.ts";
import type { Timers } from "../ports/timers.ts";
import type { Host } from "../hosts/host.ts";
import { sha1 } from "../io/system/node-sha1.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { simulatedFolders } from "./disk/simulated-folders.ts";
import type { SimulatedDisk } from "./disk/simulated-disk.ts";
import { SimulatedModules } from "./simulated-modules.ts";
import { SimulatedInterfaces } from "./network/simulated-interfaces.ts";
import type { SimulatedSockets } from "./network/simulated-sockets.ts";

/** Parts of a machine. */
interface SimulatedMachineServices {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: SeededRandom;
  readonly sockets: SimulatedSockets;
  readonly datagrams: Datagrams;
  readonly http: Http;
  readonly names: Names;
  /** The web as a proxy asks it. */
  readonly httpFrom: (access: ProxyAccess) => Http;
  readonly disk: SimulatedDisk;
  readonly host: (machine: SimulatedMachine) => Host;
}

/** A machine of a simulated world. */
export class SimulatedMachine {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly sockets: SimulatedSockets;
  readonly disk: SimulatedDisk;
  readonly interfaces: SimulatedInterfaces;
  readonly modules: SimulatedModules;
  readonly host: Host;
  /** The proxy of ports that are made from now on. */
  proxy: ProxyRule | undefined;
  /** Its gateways from now on. */
  gateways: readonly Gateway[] = [];
  readonly #services: SimulatedMachineServices;
  readonly #disk: Disk;

  constructor(services: SimulatedMachineServices) {
    const { sockets, disk } = services;
    this.name = sockets.name;
    this.addresses = sockets.addresses;
    this.sockets = sockets;
    this.disk = disk;
    this.interfaces = new SimulatedInterfaces(sockets.addresses);
    this.modules = new SimulatedModules(services.timers);
    this.#services = services;
    this.#disk = wrapDisk(disk);
    this.host = services.host(this);
  }

  /** @param label Seeds the random numbers of an actor or test script. */
  ports(label: string): Ports {
    const { clock, timers, random, sockets, datagrams, http, names } = this.#services;
    const folders = simulatedFolders(this.disk.mounts, this.#services.timers);
    const { interfaces, modules } = this;
    const gateways = { list: () => this.gateways };
    const machine = { interfaces, gateways, disk: this.#disk, folders, modules };
    const own = { random: random.fork(label), sha1, compileForSpeed: () => {} };
    const direct = { clock, timers, sockets, datagrams, http, names, ...machine, ...own };
    const { proxy } = this;
    if (proxy === undefined) return direct;
    return throughProxy(direct, proxy, (access) => this.#services.httpFrom(access));
  }
}

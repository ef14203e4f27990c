import type { BoundInterface, InterfaceHold } from "../ports/bound-interface.ts";
import type { Http } from "../ports/http.ts";
import type { Names } from "../ports/names.ts";
import type { InterfaceRule } from "../ports/network-rules.ts";
import type { Ports } from "../ports/ports.ts";
import { BoundDatagrams } from "./bound-datagrams.ts";
import { boundGateways } from "./bound-gateways.ts";
import { BoundSockets } from "./bound-sockets.ts";
import { InterfaceWatch } from "./interface-watch.ts";

/** Opens requests and look-ups over bound ports. */
export interface BoundWeb {
  readonly http: Http;
  readonly names: Names;
  readonly canAskNames: () => boolean;
}

/** The interface, and the ports beside those that it binds. */
interface BoundParts extends Pick<InterfaceRule, "hosts" | "name"> {
  readonly hold: InterfaceHold;
  /** Sockets that are not bound. They open on loopback alone, to find a free port. */
  readonly machine: Pick<Ports, "sockets" | "datagrams">;
  readonly openWeb: (
    watch: InterfaceWatch,
    bound: Pick<Ports, "sockets" | "datagrams">,
  ) => BoundWeb;
}

/**
 * Ports whose network is bound to an interface. It fails closed: nothing leaves while the interface is down, and no packet
 * leaves by another one, within the bounds of its hold.
 *
 * @param direct Ports of the machine, with sockets that the system binds to the device where it can.
 */
export function boundTo(direct: Ports, { hold, machine, openWeb, ...rule }: BoundParts): Ports {
  const { timers, interfaces } = direct;
  const watch = new InterfaceWatch(rule, hold, direct);
  const tcp = { direct: direct.sockets, machine: machine.sockets, timers };
  const sockets = new BoundSockets(watch, tcp);
  const udp = { direct: direct.datagrams, machine: machine.datagrams, interfaces, timers };
  const datagrams = new BoundDatagrams(watch, udp);
  const { http, names, canAskNames } = openWeb(watch, { sockets, datagrams });
  const look = (): ReturnType<InterfaceWatch["look"]> => watch.look();
  const boundInterface: BoundInterface = { name: rule.name, hold, look, canAskNames };
  const gateways = boundGateways(watch, direct.gateways);
  return { ...direct, sockets, datagrams, http, names, gateways, boundInterface };
}

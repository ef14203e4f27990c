// The UDP port of the peers' number, which the first peer-worker owns: uTP, the DHT node and UDP trackers share it, since
// trackers and PEX name one port of a peer. Behind a proxy the port is a relay of the proxy: nobody is told its number, and only
// uTP uses it.

import { codeOf } from "@troupe/actor-runtime";
import { isGone } from "@troupe/api-base";
import { dhtPortsOf, type UdpListen, type UdpListening } from "@troupe/messages";
import type { AddressFamily } from "@troupe/protocol/tracker";
import { dialSoon, type DialServices } from "../../torrent/swarm/dial-schedule.ts";
import type { Engine, Network } from "../base/engine-state.ts";
import { transportOf } from "../../torrent/swarm/transport.ts";

/** Opening waits 5 s for the ports of a peer-worker that crashed. */
const openDeadlineMs = 10_000;
/** A proxy has 10 s for the relay of each family, and the look-up of its name comes before. */
const relayDeadlineMs = 40_000;

type PortServices = DialServices & Pick<Engine, "options" | "peerWorkers" | "settings">;

/** Whether anything of this engine receives at the UDP port. */
function wantsDatagrams({
  network,
  options,
  settings,
}: Pick<Engine, "network" | "options" | "settings">): boolean {
  const hasDht = options.dht !== undefined && network.proxyLimits === undefined;
  return hasDht || transportOf(settings.values) !== "tcp";
}

/**
 * Opens the UDP port at the hosts and the number of the TCP port; where another program has it, at the next port of the
 * user's that is free. After a crash of the owner its successor opens the same ports. Peers are reached over TCP in any case.
 * Behind a proxy the sockets are relays of it.
 */
export function openDatagrams(engine: PortServices): Promise<void> {
  const opened = open(engine);
  engine.network.udpTried = opened;
  return opened;
}

async function open(engine: PortServices): Promise<void> {
  const [owner] = engine.peerWorkers;
  const { context, network } = engine;
  if (owner === undefined || !wantsDatagrams(engine)) return;
  const epoch = owner.ref.peer?.epoch;
  const request = requestOf(engine);
  const deadlineMs = network.proxyLimits === undefined ? openDeadlineMs : relayDeadlineMs;
  const listening = await owner.ref
    .call("open-udp", request, { deadlineMs })
    .catch((error: unknown) => {
      // The successor is asked when it has started.
      if (!isGone(error)) context.log("error", "udp-lost", { code: codeOf(error) });
    });
  if (listening === undefined || owner.ref.peer?.epoch !== epoch) return;
  const { sockets, refused } = listening;
  const level = sockets.length === 0 ? "warn" : "info";
  const ports = dhtPortsOf(sockets);
  context.log(level, "udp-listening", { ...ports, refused });
  network.udpSockets = sockets;
  if (sockets.length > 0) network.lastUdpPorts = ports;
  // The gateway maps the socket that is there, also without a DHT node.
  if (ports.ipv4 !== undefined) network.portMapping.setUdpPort(ports.ipv4);
  // Dials over uTP alone have waited for the port.
  if (transportOf(engine.settings.values) === "utp") dialSoon(engine);
}

/** The owner is gone: its sockets are closed. */
export function datagramsLost({ network }: Pick<Engine, "network">): void {
  network.udpSockets = [];
  network.sharedPort.unlinked();
}

/** A new owner is linked. Before `listen` there is no port to open. */
export function reopenDatagrams(engine: PortServices): void {
  const { network } = engine;
  network.sharedPort.linked();
  if (hasListened(network)) void openDatagrams(engine);
}

/** Whether `listen` has chosen the addresses. Behind a proxy there is no TCP port. */
export function hasListened({
  hosts,
  port,
  proxyLimits,
}: Pick<Network, "hosts" | "port" | "proxyLimits">): boolean {
  return port !== 0 || (proxyLimits !== undefined && hosts.length > 0);
}

function requestOf({ network, options }: PortServices): UdpListen {
  const { hosts, lastUdpPorts, port, proxyLimits } = network;
  if (proxyLimits !== undefined) return { hosts, ports: [0] };
  // Others know the ports: a socket at another one would not be found.
  if (lastUdpPorts !== undefined) return { hosts, ports: [], last: lastUdpPorts };
  return { hosts, ports: [...new Set([port, ...options.ports])] };
}

/** Whether the socket of the family is bound to all addresses of the machine, and so reaches all others. */
export function isOpenAtAllAddresses(
  sockets: UdpListening["sockets"],
  family: AddressFamily,
): boolean {
  return sockets.some(
    (socket) => socket.family === family && socket.host === (family === 4 ? "0.0.0.0" : "::"),
  );
}

// The port and the address that others are told to reach us at.

import type { Engine } from "../base/engine-state.ts";
import type { Grant } from "./gateway-client.ts";

/** The parts of the engine that know the port that peers connect to. */
type PublicPortServices = Pick<
  Engine,
  "context" | "network" | "peerWorkers" | "settings" | "torrents"
>;

/** The gateway's port is announced from now on: to trackers, in handshakes and to the user. Without a grant, our own. */
export function setPublicPort(engine: PublicPortServices, tcp: Grant | undefined): void {
  engine.network.grant = tcp;
  renewPublicPort(engine);
}

/** Announces the port of the settings, else the gateway's, else our own. */
export function renewPublicPort(engine: PublicPortServices): void {
  const { context, network, peerWorkers, settings } = engine;
  // Before `listen` there is no port. Behind a proxy only the user knows of one.
  const isListening = network.port !== 0 || network.proxyLimits !== undefined;
  if (!isListening) return;
  const { grant } = network;
  const port = settings.values.announcePort ?? grant?.externalPort ?? network.port;
  const hasChanged = port !== network.publicPort;
  network.publicPort = port;
  const externalAddress = grant?.externalHost;
  context.emit("public-port", {
    ...{ port, listenPort: network.port },
    ...(externalAddress !== undefined && { externalAddress }),
  });
  if (!hasChanged) return;
  for (const { calls } of peerWorkers) calls.cast("set-public-port", { port });
  network.dht?.setPublicPort(port);
  announceAgain(engine);
}

/** Trackers are told the new port or address. */
export function announceAgain({ torrents }: Pick<Engine, "torrents">): void {
  for (const { announcer } of torrents.values()) announcer?.portChanged();
}

import type { Engine } from "../base/engine-state.ts";
import type { Grant } from "./gateway-client.ts";

/** The parts of the engine that know the port that peers connect to. */
type PublicPortServices = Pick<Engine, "context" | "network" | "peerWorkers" | "torrents">;

/** The gateway's port is announced from now on: to trackers, in handshakes and to the user. Without a grant, our own. */
export function setPublicPort(engine: PublicPortServices, tcp: Grant | undefined): void {
  const { context, network, peerWorkers, torrents } = engine;
  const port = tcp?.externalPort ?? network.port;
  const hasChanged = port !== network.publicPort;
  network.publicPort = port;
  const externalAddress = tcp?.externalHost;
  context.emit("public-port", {
    ...{ port, listenPort: network.port },
    ...(externalAddress !== undefined && { externalAddress }),
  });
  if (!hasChanged) return;
  for (const { calls } of peerWorkers) calls.cast("set-public-port", { port });
  network.dht?.setPublicPort(port);
  for (const { announcer } of torrents.values()) announcer?.portChanged();
}

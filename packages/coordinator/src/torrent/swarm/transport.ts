import { engineSettings, valueInForce, type LiveEngineSettings } from "@troupe/control";
import type { TransportMode } from "@troupe/messages";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** The transports of connections to peers that settings ask for. */
export function transportOf(settings: LiveEngineSettings): TransportMode {
  return valueInForce(engineSettings, "transport", settings);
}

/** Warns a torrent that starts while `utp` is set and no UDP port is open, once the port has been tried. */
export function warnUtpOff(
  engine: Pick<Engine, "context" | "network" | "settings">,
  job: Pick<TorrentJob, "outbox">,
): void {
  const { context, network, settings } = engine;
  if (transportOf(settings.values) !== "utp") return;
  network.udpTried.then(
    () => {
      if (transportOf(settings.values) !== "utp" || network.udpSockets.length > 0) return;
      const message = `no peer can be reached: the setting \`transport\` is utp, and ${reasonOf(network)}`;
      job.outbox.emit({ event: "warning", code: "utp-off", message });
    },
    (error: unknown) => context.fail(error),
  );
}

function reasonOf({ proxyLimits }: Pick<Engine["network"], "proxyLimits">): string {
  return proxyLimits === undefined
    ? "no UDP port could be opened; free a port of the list, or allow TCP"
    : "the proxy carries no UDP; allow TCP, or use a SOCKS proxy that carries UDP";
}

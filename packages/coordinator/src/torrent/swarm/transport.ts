import { engineSettings, valueInForce, type LiveEngineSettings } from "@troupe/control";
import type { TransportMode } from "@troupe/messages";

/** The transports of connections to peers that settings ask for. */
export function transportOf(settings: LiveEngineSettings): TransportMode {
  return valueInForce(engineSettings, "transport", settings);
}

// The setting for uploads over TCP and uTP side by side.

import { engineSettings, valueInForce } from "@troupe/control";
import { noUploads } from "../../torrent/report/traffic.ts";
import type { Engine } from "../base/engine-state.ts";
import { nextTcpLimit, noTcpLimit, type UploadMix } from "./tcp-limit.ts";

/** Limits uploads over TCP by the last second. Once a second. */
export function tendMixedMode({
  awake,
  context,
  rates,
  settings,
}: Pick<Engine, "awake" | "context" | "rates" | "settings">): void {
  const mode = valueInForce(engineSettings, "mixedMode", settings.values);
  const isProportional = mode === "proportional";
  const nowMs = context.clock.nowMs();
  rates.setTcp(isProportional ? nextTcpLimit(rates.tcpLimit, mixOf(awake), nowMs) : noTcpLimit);
}

function mixOf(awake: Engine["awake"]): UploadMix {
  const sum = { ...noUploads(), bytesPerSecond: 0 };
  for (const { content } of awake) {
    if (content === undefined) continue;
    const { rates, uploads } = content.traffic;
    sum.tcpPeers += uploads.tcpPeers;
    sum.utpPeers += uploads.utpPeers;
    sum.heldBackPeers += uploads.heldBackPeers;
    sum.utpBytesPerSecond += uploads.utpBytesPerSecond;
    sum.bytesPerSecond += rates.upBytesPerSecond;
  }
  return sum;
}

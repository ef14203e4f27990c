// Uploads over TCP beside those over uTP. uTP leaves a full line to TCP, which would take all of it.

import { engineSettings, valueInForce } from "@troupe/control";
import type { UploadsByTransport } from "../../torrent/report/traffic.ts";
import type { Engine } from "../base/engine-state.ts";

/** The least rate of TCP beside uTP, in bytes a second: with less a few peers would wait for blocks. */
const leastTcpRate = 50_000;
/** A rate that differs less is not set anew: a new one takes back what was granted. */
const leastChange = 0.1;

/** Uploads of all torrents in the last second. */
interface UploadMix extends UploadsByTransport {
  bytesPerSecond: number;
}

/**
 * The rate of all uploads over TCP that leaves peers over uTP their part of the line, by the number of peers.
 *
 * @param before The rate that holds, in bytes a second.
 * @returns Undefined where nobody over uTP waits for the line, or nobody gets payload over TCP.
 */
export function tcpRateBeside(
  { tcpPeers, utpPeers, bytesPerSecond, heldBackPeers }: UploadMix,
  before: number | undefined,
): number | undefined {
  if (heldBackPeers === 0 || tcpPeers === 0) return undefined;
  const utp = Math.max(utpPeers, heldBackPeers);
  const rate = Math.max(leastTcpRate, (bytesPerSecond * tcpPeers) / (tcpPeers + utp));
  const isNear = before !== undefined && Math.abs(rate - before) < leastChange * before;
  return isNear ? before : Math.floor(rate);
}

/** Limits uploads over TCP by the last second. Once a second. */
export function tendMixedMode({
  awake,
  rates,
  settings,
}: Pick<Engine, "awake" | "rates" | "settings">): void {
  const isProportional =
    valueInForce(engineSettings, "mixedMode", settings.values) === "proportional";
  rates.setTcp(isProportional ? tcpRateBeside(mixOf(awake), rates.tcpRate) : undefined);
}

function mixOf(awake: Engine["awake"]): UploadMix {
  const sum: UploadMix = { tcpPeers: 0, utpPeers: 0, bytesPerSecond: 0, heldBackPeers: 0 };
  for (const { content } of awake) {
    if (content === undefined) continue;
    const { rates, uploads } = content.traffic;
    sum.tcpPeers += uploads.tcpPeers;
    sum.utpPeers += uploads.utpPeers;
    sum.heldBackPeers += uploads.heldBackPeers;
    sum.bytesPerSecond += rates.upBytesPerSecond;
  }
  return sum;
}

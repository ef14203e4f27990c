import type { PeerOpened } from "@troupe/messages";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** A connection is open: if a relay has ordered its dial, the address is known from now on. */
export function punchOpened(
  { context, metrics, network }: Pick<Engine, "context" | "metrics" | "network">,
  job: TorrentJob,
  { host, port, isIncoming, kind, version }: PeerOpened,
): void {
  if (kind === undefined || isIncoming) return;
  const dial = network.holepunch.dials.take(job.id, host, port);
  if (dial === undefined) return;
  metrics.dials.count("opened");
  metrics.holepunches.count("opened");
  network.holepunch.dialsInVain.undo(dial.dialKey);
  job.directory.add(host, port, dial.source, dial.origin);
  job.directory.connected(host, port, kind, context.clock.nowMs(), version);
}

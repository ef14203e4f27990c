import { describeState, shareDone, type TorrentView } from "./torrent-view.ts";
import { formatBytes, formatCount, formatDuration, formatPercent, formatRate } from "./units.ts";

/** `debian.iso: downloading, 52.3 %, 1.20 GiB of 2.30 GiB, down 102 MiB/s, up 0 B/s, 12 peers, 1m 20s left`. */
export function plainLine(view: TorrentView): string {
  if (view.fault !== undefined) return `${view.name}: error: ${view.fault}`;
  const { progress } = view;
  if (!view.hasMetadata) {
    const peers = formatCount(progress.peers, "peer");
    const reason = view.why === undefined ? [] : [view.why.message];
    return [`${view.name}: ${describeState(view)}`, peers, ...reason].join(", ");
  }
  const parts = [
    `${view.name}: ${describeState(view)}`,
    formatPercent(shareDone(view)).trimStart(),
  ];
  if (view.state === "checking") return parts.join(", ");
  if (!view.isComplete) {
    parts.push(
      `${formatBytes(progress.haveBytes)} of ${formatBytes(progress.wantedBytes)}`,
      `down ${formatRate(progress.downBytesPerSecond)}`,
    );
  }
  parts.push(`up ${formatRate(progress.upBytesPerSecond)}`, formatCount(progress.peers, "peer"));
  if (!view.isComplete && progress.etaSeconds !== undefined) {
    parts.push(`${formatDuration(progress.etaSeconds)} left`);
  }
  return parts.join(", ");
}

import type { PaintedLine, Style } from "./style.ts";
import type { TorrentView } from "./torrent-view.ts";
import { formatBytes, formatCount, formatDuration, formatRate } from "./units.ts";

/** A line like `in /home/me/iso, for 3m 12s, ratio 0.42, overhead 1.20 MiB down, 300 KiB up`. */
export function locationLine({ directory, elapsedSeconds, progress }: TorrentView): PaintedLine {
  const { downloadedBytes, uploadedBytes } = progress.lifetime ?? progress;
  // The ratio by which goals of seeding are judged too.
  const given = uploadedBytes / (Math.max(downloadedBytes, progress.haveBytes) || 1);
  const elapsed = formatDuration(elapsedSeconds);
  const text = `in ${directory}, for ${elapsed}, ratio ${given.toFixed(2)}`;
  return { text: text + overheadText(progress), colour: "dim" };
}

/** The protocol bytes. */
function overheadText({ protocolDownBytes, protocolUpBytes }: TorrentView["progress"]): string {
  if (protocolDownBytes + protocolUpBytes === 0) return "";
  return `, overhead ${formatBytes(protocolDownBytes)} down, ${formatBytes(protocolUpBytes)} up`;
}

/** `3 torrents, 1 complete: 1.20 GiB of 2.30 GiB, ↓ 10.0 MiB/s, ↑ 0 B/s`; undefined below two torrents. */
export function totalLine(views: readonly TorrentView[], style: Style): PaintedLine | undefined {
  if (views.length < 2) return undefined;
  const sum = (figure: (view: TorrentView) => number): number =>
    views.reduce((total, view) => total + figure(view), 0);
  const complete = views.filter(({ isComplete }) => isComplete).length;
  const have = formatBytes(sum(({ progress }) => progress.haveBytes));
  const wanted = formatBytes(
    sum(({ progress, lengthBytes }) => progress.wantedBytes || lengthBytes),
  );
  const down = formatRate(sum(({ progress }) => progress.downBytesPerSecond));
  const up = formatRate(sum(({ progress }) => progress.upBytesPerSecond));
  const [downSign, upSign] = style.usesUnicode ? ["↓", "↑"] : ["down", "up"];
  const text = `${formatCount(views.length, "torrent")}, ${complete} complete: ${have} of ${wanted}, ${downSign} ${down}, ${upSign} ${up}`;
  return { text, colour: "dim" };
}

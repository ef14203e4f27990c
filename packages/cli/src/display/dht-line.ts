import type { TorrentStatus } from "../engine-port.ts";
import type { PaintedLine } from "./style.ts";
import { formatCount, formatDuration } from "./units.ts";

/** From an announce to the next when there is no other torrent. */
const usualRoundSeconds = 960;

/** The torrent in the DHT. */
export function dhtLine(dht: NonNullable<TorrentStatus["dht"]>): PaintedLine {
  const { nodes } = dht;
  const parts = [formatCount(nodes, "node"), peersText(dht), nextText(dht), roundText(dht)];
  return { text: `DHT: ${parts.filter(Boolean).join(", ")}`, colour: "dim" };
}

function peersText({ peers }: NonNullable<TorrentStatus["dht"]>): string {
  return peers === undefined ? "" : formatCount(peers, "peer");
}

function nextText({ isAsking, nextInSeconds }: NonNullable<TorrentStatus["dht"]>): string {
  if (isAsking) return "being asked";
  return nextInSeconds === 0 ? "waiting for its turn" : `next in ${formatDuration(nextInSeconds)}`;
}

function roundText({ roundSeconds }: NonNullable<TorrentStatus["dht"]>): string {
  return roundSeconds > usualRoundSeconds ? `a round takes ${formatDuration(roundSeconds)}` : "";
}

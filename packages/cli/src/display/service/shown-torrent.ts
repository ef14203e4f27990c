// A torrent as `troupe show` prints it: its facts, files, peers and trackers.

import type { CommandResults } from "@troupe/control/commands";
import { cleanText } from "@troupe/protocol/text";
import type { TorrentRow } from "../../service-client/service-port.ts";
import { detailsOf, type TorrentDetails } from "../details.ts";
import { peerLines } from "../peer-lines.ts";
import { paint } from "../style.ts";
import { fileTable, renderTable, type TableRoom } from "../table.ts";
import { describeState, shareDone } from "../torrent-view.ts";
import { trackerLines } from "../tracker-lines.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
  spellRange,
} from "../units.ts";
import { rowName, rowRatio, rowView } from "./row-view.ts";

/** Details of a torrent that its row lacks. */
export interface TorrentAnswers {
  readonly files: CommandResults["files"];
  readonly peers: CommandResults["peers"];
  readonly tiers: CommandResults["tiers"];
  readonly swarm: CommandResults["swarm"];
}

const longestText = 1_000;
/** A link that is cut leads nowhere. */
const longestMagnet = 16_384;
/** A line that no terminal bounds. */
const endless = 10_000;
/** Peers that are shown, the busiest first. */
const mostPeers = 100;

/** Details of a torrent for the display. Letters and texts of a service may hold anything. */
export function answeredDetails(
  row: TorrentRow,
  { peers, tiers, swarm }: Omit<TorrentAnswers, "files">,
): TorrentDetails {
  return detailsOf({
    strip: Buffer.from(swarm.strip, "base64"),
    peers: peers.map((peer) => ({ ...peer, flags: cleanText(peer.flags, 20) })),
    trackers: tiers.flatMap(({ trackers }) => trackers),
    dht: swarm.dht,
    why: swarm.why,
    progress: row,
  });
}

/** The lines about a torrent. */
export function shownTorrent(row: TorrentRow, answers: TorrentAnswers, room: TableRoom): string[] {
  const { style } = room;
  const details = answeredDetails(row, answers);
  const title = (text: string): string[] => ["", paint(style, "bold", text)];
  const files = answers.files
    .map((file, index) => ({ ...file, number: index + 1 }))
    .filter(({ isPadding }) => !isPadding);
  const { peers } = details;
  const trackers = trackerLines(details.trackers).map(({ text }) => text);
  return [
    ...renderTable({ layout: ["left", "left"], rows: factRows(row, details) }, room),
    ...title(row.hasMetadata ? formatCount(files.length, "file") : "the files are not known yet"),
    ...(files.length > 0 ? fileTable("#", files, fileRow, room) : []),
    ...title(formatCount(peers.length, "peer")),
    ...(peers.length > 0
      ? peerLines(peers.slice(0, mostPeers), room.columns ?? endless, style)
      : []),
    ...title(formatCount(details.trackers.length, "tracker")),
    ...trackers,
  ];
}

function factRows(row: TorrentRow, { why }: TorrentDetails): string[][] {
  const view = rowView(row);
  const rows: (readonly [name: string, text: string | undefined])[] = [
    ["name", rowName(row)],
    ["number", String(row.number)],
    ["info-hash", row.torrent],
    ["info-hash v2", row.infoHashV2],
    ["state", `${describeState(view)}, ${formatPercent(shareDone(view)).trim()}`],
    ["error", view.fault],
    [
      "why",
      row.isComplete || row.state !== "active" ? undefined : cleanText(why.message, longestText),
    ],
    ["folder", cleanText(row.directory, longestText)],
    ["size", sizeText(row)],
    ["down", `${formatRate(row.downBytesPerSecond)}, ${formatBytes(row.downloadedBytes)} received`],
    [
      "up",
      `${formatRate(row.upBytesPerSecond)}, ${formatBytes(row.uploadedBytes)} sent, ratio ${rowRatio(row).toFixed(2)}`,
    ],
    ["left", row.etaSeconds === undefined ? undefined : formatDuration(row.etaSeconds)],
    ["private", row.isPrivate ? "yes: peers come from its trackers only" : undefined],
    ["group", row.group === undefined ? undefined : cleanText(row.group, longestText)],
    ["labels", row.labels.length === 0 ? undefined : cleanText(row.labels.join(", "), longestText)],
    ...row.warnings.map((warning) => ["warning", cleanText(warning, longestText)] as const),
    ["magnet", cleanText(row.magnet, longestMagnet)],
  ];
  return rows.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]]));
}

function sizeText({
  hasMetadata,
  sizeBytes,
  pieces,
  pieceLengthBytes,
}: TorrentRow): string | undefined {
  if (!hasMetadata) return undefined;
  const parts = `${formatCount(pieces, "piece")} of ${formatBytes(pieceLengthBytes)}`;
  return `${formatBytes(sizeBytes)}, ${parts}`;
}

function fileRow(file: TorrentAnswers["files"][number] & { readonly number: number }): string[] {
  const share = file.lengthBytes === 0 ? 1 : file.haveBytes / file.lengthBytes;
  const [first, last] = file.pieceRange ?? [];
  const range = first === undefined || last === undefined ? undefined : ([first, last] as const);
  const state = file.priority === 0 ? "not wanted" : formatPercent(share).trim();
  return [
    String(file.number),
    formatBytes(file.lengthBytes),
    spellRange(range),
    `${cleanText(file.path, longestText)} (${state})`,
  ];
}

import type { PeerView } from "./details.ts";
import type { Style } from "./style.ts";
import { columnsOf, cutToFit, fillTo } from "./text-width.ts";
import { formatRate } from "./units.ts";

interface Column {
  readonly title: string;
  readonly columns: number;
  readonly text: (peer: PeerView) => string;
  readonly alignsRight: boolean;
  /** Lowest first when room is short. */
  readonly rank: number;
}

const gap = "  ";
const shortestAddress = 15;
const longestAddress = 47;
const longestClient = 30;

/** A title line, then a line per peer, with the most important columns that fit. */
export function peerLines(peers: readonly PeerView[], columns: number, style: Style): string[] {
  const chosen = chooseColumns(peers, columns, style);
  const titles = chosen.map((column) => fit(column.title, column));
  const rows = peers.map((peer) => chosen.map((column) => fit(column.text(peer), column)));
  return [titles, ...rows].map((cells) => cutToFit(cells.join(gap), columns).trimEnd());
}

function chooseColumns(peers: readonly PeerView[], columns: number, style: Style): Column[] {
  const widest = Math.max(shortestAddress, ...peers.map(({ address }) => columnsOf(address)));
  const all = columnTable(Math.min(longestAddress, widest), style);
  const chosen = new Set<Column>();
  let room = columns + gap.length;
  for (const column of all.toSorted((left, right) => left.rank - right.rank)) {
    const columnsLeft = room - column.columns - gap.length;
    if (columnsLeft < 0 && chosen.size > 0) break;
    room = columnsLeft;
    chosen.add(column);
  }
  // Spare columns go to long client names.
  const spare = Math.max(0, room);
  return all
    .filter((column) => chosen.has(column))
    .map((column) =>
      column.title === "client"
        ? { ...column, columns: Math.min(longestClient, column.columns + spare) }
        : column,
    );
}

/** In the order of the display. */
function columnTable(addressColumns: number, { usesUnicode }: Style): Column[] {
  const [down, up] = usesUnicode ? ["↓", "↑"] : ["down", "up"];
  const left = { alignsRight: false };
  const right = { alignsRight: true };
  return [
    { ...left, rank: 3, title: "flag", columns: 4, text: ({ flags }) => flags },
    { ...left, rank: 0, title: "peer", columns: addressColumns, text: ({ address }) => address },
    { ...left, rank: 5, title: "client", columns: 20, text: ({ client }) => client },
    { ...right, rank: 2, title: "has", columns: 5, text: shareText },
    {
      ...right,
      rank: 1,
      title: down,
      columns: 10,
      text: (peer) => rateText(peer.downBytesPerSecond),
    },
    { ...right, rank: 4, title: up, columns: 10, text: (peer) => rateText(peer.upBytesPerSecond) },
    { ...right, rank: 7, title: "asked", columns: 5, text: ({ asked }) => String(asked || "") },
    { ...right, rank: 6, title: "trip", columns: 7, text: tripText },
  ];
}

function shareText({ share }: PeerView): string {
  return `${Math.floor(Math.min(1, share) * 100)} %`;
}

function tripText({ blockTimeMs }: PeerView): string {
  return blockTimeMs === undefined ? "" : `${blockTimeMs} ms`;
}

/** Blank for zero: active peers stand out. */
function rateText(bytesPerSecond: number): string {
  return bytesPerSecond < 1 ? "" : formatRate(bytesPerSecond);
}

function fit(text: string, { columns, alignsRight }: Column): string {
  if (!alignsRight) return fillTo(text, columns);
  const fitted = cutToFit(text, columns);
  return " ".repeat(Math.max(0, columns - columnsOf(fitted))) + fitted;
}

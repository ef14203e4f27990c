// The table of peers: the most important columns that fit.

import type { PeerView } from "./details.ts";
import type { Style } from "./style.ts";
import { columnsOf, cutToFit, fillTo } from "./text-width.ts";
import { formatRate } from "./units.ts";

interface Column {
  readonly title: string;
  readonly columns: number;
  readonly alignment: "left" | "right";
  readonly text: (peer: PeerView) => string;
}

type ColumnName = "flags" | "address" | "client" | "has" | "down" | "up" | "asked" | "trip";

const order: readonly ColumnName[] = [
  "flags",
  "address",
  "client",
  "has",
  "down",
  "up",
  "asked",
  "trip",
];
const byImportance: readonly ColumnName[] = [
  "address",
  "down",
  "has",
  "flags",
  "up",
  "client",
  "trip",
  "asked",
];
const gap = "  ";
const shortestAddress = 15;
const longestAddress = 47;
const longestClient = 30;

/** A title line, then a line per peer, none wider than `columns`. */
export function peerLines(peers: readonly PeerView[], columns: number, style: Style): string[] {
  const chosen = chooseColumns(peers, columns, style);
  const titles = chosen.map((column) => fit(column.title, column));
  const rows = peers.map((peer) => chosen.map((column) => fit(column.text(peer), column)));
  return [titles, ...rows].map((cells) => cutToFit(cells.join(gap), columns).trimEnd());
}

function chooseColumns(peers: readonly PeerView[], columns: number, style: Style): Column[] {
  const widest = Math.max(shortestAddress, ...peers.map(({ address }) => columnsOf(address)));
  const all = columnTable(Math.min(longestAddress, widest), style);
  const chosen = new Set<ColumnName>();
  let room = columns + gap.length;
  for (const name of byImportance) {
    const columnsLeft = room - all[name].columns - gap.length;
    if (columnsLeft < 0 && chosen.size > 0) break;
    room = columnsLeft;
    chosen.add(name);
  }
  // Spare columns go to long client names.
  const client = {
    ...all.client,
    columns: Math.min(longestClient, all.client.columns + Math.max(0, room)),
  };
  return order
    .filter((name) => chosen.has(name))
    .map((name) => (name === "client" ? client : all[name]));
}

function columnTable(
  addressColumns: number,
  { usesUnicode }: Style,
): Readonly<Record<ColumnName, Column>> {
  const [down, up] = usesUnicode ? ["↓", "↑"] : ["down", "up"];
  return {
    flags: { title: "flag", columns: 4, alignment: "left", text: ({ flags }) => flags },
    address: {
      title: "peer",
      columns: addressColumns,
      alignment: "left",
      text: ({ address }) => address,
    },
    client: { title: "client", columns: 20, alignment: "left", text: ({ client }) => client },
    has: {
      title: "has",
      columns: 5,
      alignment: "right",
      text: ({ share }) => `${Math.floor(Math.min(1, share) * 100)} %`,
    },
    down: {
      title: down,
      columns: 10,
      alignment: "right",
      text: ({ downBytesPerSecond }) => rateText(downBytesPerSecond),
    },
    up: {
      title: up,
      columns: 10,
      alignment: "right",
      text: ({ upBytesPerSecond }) => rateText(upBytesPerSecond),
    },
    asked: {
      title: "asked",
      columns: 5,
      alignment: "right",
      text: ({ asked }) => (asked === 0 ? "" : String(asked)),
    },
    trip: {
      title: "trip",
      columns: 7,
      alignment: "right",
      text: ({ roundTripMs }) => (roundTripMs === undefined ? "" : `${roundTripMs} ms`),
    },
  };
}

/** Zero is blank, so that active peers stand out. */
function rateText(bytesPerSecond: number): string {
  return bytesPerSecond < 1 ? "" : formatRate(bytesPerSecond);
}

function fit(text: string, { columns, alignment }: Column): string {
  if (alignment === "left") return fillTo(text, columns);
  const fitted = cutToFit(text, columns);
  return " ".repeat(Math.max(0, columns - columnsOf(fitted))) + fitted;
}

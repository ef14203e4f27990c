// The rows of the comparison, in their order on the page.

import { gibibyte, mebibyte } from "../content.ts";
import type { Row } from "../row.ts";
import { downloadRow } from "./download.ts";
import { downloadUtp } from "./download-utp.ts";
import { engineLate } from "./engine-late.ts";
import { idleConnections } from "./idle-connections.ts";
import { idleTorrents } from "./idle-torrents.ts";
import { killedThreads } from "./kills.ts";
import { recheck } from "./recheck.ts";
import { seedLibtorrent, seedRc4, seedRow, seedUtp } from "./seeding.ts";
import { start } from "./start.ts";

const oneSeeder = "One seeder in C, which costs next to nothing, serves one file.";

function pieces(pieceKib: number, goal: string): Row {
  const size = pieceKib < 1_024 ? `${pieceKib} KiB` : `${pieceKib / 1_024} MiB`;
  return downloadRow({
    name: `download-${size.replace(/ |iB/g, "").toLowerCase()}`,
    title: `Download of 1 GiB, pieces of ${size}`,
    about: oneSeeder,
    goal,
    totalBytes: gibibyte,
    pieceLengthBytes: pieceKib * 1_024,
    hasFloor: true,
  });
}

/** All rows. */
export const rows: readonly Row[] = [
  pieces(
    1_024,
    "≥ 1.3 × libtorrent's speed at ≤ 0.8 × its processor time and ≤ 1.0 × aria2's; ≥ 0.9 × the floor's speed; peak RSS ≤ 160 MB",
  ),
  pieces(4_096, "≥ 1.3 × libtorrent's speed; peak RSS ≤ 160 MB"),
  pieces(256, "≥ 1.2 × libtorrent's speed; peak RSS ≤ 160 MB"),
  pieces(64, "≥ 1.0 × libtorrent's speed; peak RSS ≤ 160 MB"),
  downloadRow({
    name: "download-v2",
    title: "Download of 1 GiB of version 2, pieces of 1 MiB",
    about: `${oneSeeder} The .torrent has the hash layers.`,
    goal: "≥ the ratio to libtorrent's speed of version 1, less 0.05",
    totalBytes: gibibyte,
    pieceLengthBytes: mebibyte,
    version: "v2",
    clients: ["ours", "libtorrent", "qbittorrent"],
  }),
  downloadRow({
    name: "many-seeders",
    title: "Download of 1 GiB from 200 seeders",
    about:
      "Pieces of 1 MiB. The tracker names 200 seeders in C, each with an address of its own, and without a limit of speed.",
    goal: "≥ 1.2 × libtorrent's speed; ≤ 1.25 × the processor time that one seeder takes",
    totalBytes: gibibyte,
    pieceLengthBytes: mebibyte,
    seeders: 200,
  }),
  downloadRow({
    name: "many-files",
    title: "Download of 256 MiB in 2,000 files",
    about: "Pieces of 256 KiB, from one seeder in C. Each run makes the files in a fresh folder.",
    goal: "≥ 1.2 × libtorrent's speed",
    totalBytes: 256 * mebibyte,
    pieceLengthBytes: mebibyte / 4,
    files: 2_000,
  }),
  engineLate,
  killedThreads,
  seedLibtorrent,
  seedRc4,
  seedUtp,
  downloadUtp,
  seedRow(1, ""),
  seedRow(200, "≥ 0.9 × the speed to one leecher, ≥ 1.2 × libtorrent's"),
  seedRow(1_000, "≥ 0.9 × the speed to one leecher, ≥ 1.2 × libtorrent's"),
  recheck,
  idleConnections,
  start,
  idleTorrents,
];

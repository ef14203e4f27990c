// Lists of disjoint IPv4 ranges in the p2p form, as long as published lists.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { formatIp } from "@troupe/protocol/address";

/** The path of each list, by its name in the table. */
export type Lists = Readonly<Record<"sorted" | "shuffled" | "shuffled, gzip", string>>;

/** Writes lists of `count` ranges into a folder. */
export function writeLists(folder: string, count: number): Lists {
  const lines = Array.from({ length: count }, (_, i) => lineOf(i, Math.floor(2 ** 32 / count)));
  const write = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const sorted = write("sorted.p2p", lines.join("\n"));
  shuffle(lines);
  const text = lines.join("\n");
  return {
    sorted,
    shuffled: write("shuffled.p2p", text),
    "shuffled, gzip": write("shuffled.p2p.gz", gzipSync(text)),
  };
}

function lineOf(place: number, distance: number): string {
  const first = place * distance;
  const last = first + (distance >> 3);
  return `Some Organization Ltd, network ${place}:${ip4(first)}-${ip4(last)}`;
}

/** Dotted. */
export function ip4(value: number): string {
  return formatIp(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value));
}

function shuffle(lines: string[]): void {
  let state = 1;
  for (let i = lines.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const other = state % (i + 1);
    [lines[i], lines[other]] = [lines[other] ?? "", lines[i] ?? ""];
  }
}

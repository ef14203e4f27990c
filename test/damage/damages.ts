// Ways in which a file of the state may be hit, each at a place that a seed picks.

import {
  closeSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import type { SeededRandom } from "@troupe/actor-runtime/simulated";

/** A damage, and its place in the file. */
export interface Damage {
  readonly kind: DamageKind;
  /** The first byte that is not as it was, and the one behind the last. */
  readonly from: number;
  readonly to: number;
}

/** Cut; one bit; a run of bytes; nothing left; something else; what a later program may have left. */
export const damageKinds = ["cut", "bit", "run", "emptied", "foreign", "newer"] as const;
export type DamageKind = (typeof damageKinds)[number];

/** Hits the file at `path`. */
export function damage(path: string, kind: DamageKind, random: SeededRandom): Damage {
  const { size } = statSync(path);
  const at = random.integer(Math.max(1, size));
  const all = { kind, from: 0, to: size };
  if (kind === "cut") {
    truncateSync(path, at);
    return { kind, from: at, to: size };
  }
  if (kind === "emptied") truncateSync(path, 0);
  else if (kind === "foreign") writeFileSync(path, foreign(size, random));
  else if (kind === "newer") return { ...all, ...renew(path) };
  else {
    const hit = readFileSync(path).subarray(
      at,
      at + (kind === "bit" ? 1 : 1 + random.integer(600)),
    );
    overwrite(
      path,
      at,
      hit.map((byte) => byte ^ (1 << random.integer(8))),
    );
    return { kind, from: at, to: at + hit.length };
  }
  return all;
}

/** Bytes of another program: text, chance, or one of its databases. */
function foreign(size: number, random: SeededRandom): Uint8Array {
  const kind = random.integer(3);
  if (kind === 0) return Buffer.from("Dear diary, today the disk was full again.\n".repeat(200));
  const bytes = random.bytes(1 + random.integer(size + 5_000));
  if (kind === 2) bytes.set(Buffer.from("SQLite format 3\0").subarray(0, bytes.length));
  return bytes;
}

/** Renews a file as if by a newer version: other numbers where the version stands. */
function renew(path: string): Pick<Damage, "from" | "to"> {
  const start = readFileSync(path).subarray(0, 20).toString("latin1");
  // A record's version; of a database the versions of its format; of a log its format; of a .torrent `info` is not first.
  if (start.startsWith("troupeJR")) return overwrite(path, 8, Buffer.of(200));
  if (start.startsWith("SQLite format 3")) return overwrite(path, 18, Buffer.of(3, 3));
  if (start.startsWith("7\x7f\x06")) return overwrite(path, 4, Buffer.of(0, 0x2d, 0xe2, 0x19));
  return overwrite(path, 0, Buffer.from("d4:infoi3e"));
}

function overwrite(path: string, at: number, bytes: Uint8Array): Pick<Damage, "from" | "to"> {
  const file = openSync(path, "r+");
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
  return { from: at, to: at + bytes.length };
}

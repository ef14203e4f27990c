import { bencoded } from "./bytes.ts";

/** A dictionary as the npm encoder takes it. */
export type Fields = Record<string, unknown>;

/** `info` of one file of 40,000 bytes in pieces of 16 KiB. */
export const smallInfo: Fields = {
  length: 40_000,
  name: "small.bin",
  "piece length": 16_384,
  pieces: new Uint8Array(60).fill(7),
};

/** A torrent of one file, with `changes` to its `info`; undefined takes a field out. */
export function torrentWith(changes: Fields, outside: Fields = {}): Uint8Array {
  return bencoded({
    announce: "http://tracker.example/announce",
    ...outside,
    info: { ...smallInfo, ...changes },
  });
}

/** A torrent of a folder. The files' lengths make the pieces. */
export function folderOf(files: readonly unknown[], changes: Fields = {}): Uint8Array {
  const total = files.reduce<number>((sum, file) => sum + lengthOf(file), 0);
  return torrentWith({
    length: undefined,
    files,
    name: "folder",
    ...changes,
    pieces: changes["pieces"] ?? new Uint8Array(20 * Math.ceil(total / 16_384)),
  });
}

/** A torrent of a folder whose files of one byte have these paths; parts are separated by `/`. */
export function folderWithPaths(paths: readonly string[], changes: Fields = {}): Uint8Array {
  return folderOf(
    paths.map((path) => ({ length: 1, path: path.split("/") })),
    changes,
  );
}

function lengthOf(file: unknown): number {
  const length: unknown =
    typeof file === "object" && file !== null && "length" in file ? file.length : 0;
  return typeof length === "number" ? length : 0;
}

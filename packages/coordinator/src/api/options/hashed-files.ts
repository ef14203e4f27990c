import { outOfRange } from "@troupe/control";
import { packHashedFiles, type HashedFiles } from "@troupe/messages";

const words = ["device", "inode", "mtimeNs", "ctimeNs"] as const;

/** Packs for the engine. @throws {TroupeError} `option-out-of-range` for anything that `createTorrent` does not make. */
export function packHashed(hashed: HashedFiles): Uint8Array {
  if (!Array.isArray(hashed) || !hashed.every(isHashed))
    throw outOfRange("hashed", "something else", "the `seed.hashed` of a created torrent");
  return packHashedFiles(hashed);
}

function isHashed(file: HashedFiles[number]): boolean {
  if (file === undefined) return true;
  const isObject = typeof file === "object" && file !== null;
  return (
    isObject &&
    Number.isSafeInteger(file.lengthBytes) &&
    file.lengthBytes >= 0 &&
    words.every((name) => isWord(file[name]))
  );
}

/** A number of 64 bits; times before 1970 are below zero. */
function isWord(value: unknown): boolean {
  if (typeof value !== "bigint") return false;
  return BigInt.asUintN(64, value) === value || BigInt.asIntN(64, value) === value;
}

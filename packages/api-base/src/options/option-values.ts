// Checks of paths and addresses.

import { resolve } from "node:path";
import { checkGate, endpoint, outOfRange, spelled } from "@troupe/control";

/** @returns The absolute path of a folder. @throws TroupeError `option-out-of-range` */
export function folderOf(name: string, path: string): string {
  if (isPath(path)) return resolve(path);
  throw outOfRange(name, spelled(path), "the path of a folder");
}

/** @returns The absolute path of a file. @throws TroupeError `option-out-of-range` */
export function fileOf(name: string, path: string): string {
  if (isPath(path) && path !== "") return resolve(path);
  throw outOfRange(name, spelled(path), "the path of a file");
}

function isPath(given: unknown): boolean {
  return typeof given === "string" && !given.includes("\0");
}

/**
 * @returns The address alone: other fields of the caller's object may not be copyable to another thread.
 * @throws TroupeError `option-out-of-range`
 */
export function dialable(peer: { readonly host: string; readonly port: number }) {
  return checkGate(endpoint, "", peer);
}

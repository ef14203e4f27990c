// Checks of paths and addresses.

import { resolve } from "node:path";
import { outOfRange, spelled, within } from "@troupe/control";

/** The limit of DNS. */
const longestHost = 253;

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
  const { host, port }: { readonly host: unknown; readonly port: number } = peer;
  if (typeof host !== "string" || host === "" || host.length > longestHost) {
    throw outOfRange("host", String(host).slice(0, longestHost), "an address or a name");
  }
  return { host, port: within("port", port, 1, 65_535) };
}

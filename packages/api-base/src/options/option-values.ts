// Checks of options and arguments.

import { resolve } from "node:path";
import { TroupeError } from "../troupe-error.ts";

/** Characters of a wrong value that an error shows. */
const longestShown = 100;
/** The limit of DNS. */
const longestHost = 253;

/** @throws TroupeError `option-out-of-range` */
export function within(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw outOfRange(name, spelled(value), `a whole number from ${least} to ${most}`);
}

/** A value as an error shows it: a string in quotes, so that "0" differs from 0. */
export function spelled(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, longestShown));
  if (typeof value === "object" && value !== null)
    return Array.isArray(value) ? "a list" : "an object";
  return String(value).slice(0, longestShown);
}

/** @throws TroupeError `option-out-of-range` */
export function oneOf<Choice extends string>(
  name: string,
  seen: string,
  choices: readonly Choice[],
): Choice {
  const chosen = choices.find((choice) => choice === seen);
  if (chosen === undefined) throw outOfRange(name, seen, choices.join(", "));
  return chosen;
}

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

/** The error of an option with a wrong value. */
export function outOfRange(name: string, seen: string, allowed: string): TroupeError {
  return new TroupeError(
    "option-out-of-range",
    `option ${name} is ${seen}; allowed is ${allowed}`,
    { details: { option: name, seen, allowed } },
  );
}

// The stores that the tests of stores try: that of `pnpm test:storage`, or the folder and an example.

import { randomInt } from "node:crypto";

/** A store that takes writes. */
export interface TriedStore {
  readonly title: string;
  /** Its module as a URL. Undefined: the folder. */
  readonly module: string | undefined;
}

/** The module of the user, as a URL. */
export const userModule: string | undefined = process.env["STORE_MODULE"];
/** A .torrent whose data the user's module has, which takes no writes then. */
export const userTorrent: string | undefined = process.env["STORE_TORRENT"];

/** @returns The URL of an example. */
export function exampleStore(name: string): string {
  return new URL(`../../../examples/modules/${name}.ts`, import.meta.url).href;
}

const own: readonly TriedStore[] = [
  { title: "the folder", module: undefined },
  { title: "the example in memory", module: exampleStore("memory-store") },
];

const ofUser: readonly TriedStore[] =
  userTorrent === undefined ? [{ title: "the store", module: userModule }] : [];

/** The stores that take writes. */
export const triedStores: readonly TriedStore[] = userModule === undefined ? own : ofUser;

/** A payload of another length each time: a store that keeps its bytes has none of it yet. */
export function freshShape(pieces: number) {
  const pieceLengthBytes = 64 * 1024;
  return { pieceLengthBytes, files: pieces * pieceLengthBytes + randomInt(1, pieceLengthBytes) };
}

// Content that stays in the page cache while programs that read it are measured.

import { startProcess } from "../../test/support/programs/process.ts";
import { buildNative } from "./native.ts";

/** Reads a file, or all files below a folder, into the page cache and keeps them there until the returned value is disposed of: see hold.c. */
export async function holdInPageCache(path: string): Promise<AsyncDisposable> {
  const program = await buildNative(new URL("hold.c", import.meta.url));
  const holder = await startProcess([program, path]);
  await holder.lineWhere("the file in memory", (line) => line === "HELD" || undefined);
  return holder;
}

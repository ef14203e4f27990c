import type { CommandResults } from "@troupe/control/commands";
import type { ServiceCalls } from "../routes/service-calls.ts";

/** The space of the file system that a folder is on. */
export type FreeSpace = CommandResults["free-space"];

/** @throws rejects as the command `free-space`, which resolves the folder below the roots of the caller. */
export async function freeSpaceIn(calls: ServiceCalls, directory: string): Promise<FreeSpace> {
  const space = await calls.run("free-space", { directory });
  return space;
}

import { checkGate, record, whole } from "@troupe/control";
import type { ServiceCalls } from "../routes/service-calls.ts";

const count = whole(0, Number.MAX_SAFE_INTEGER);
const shownSpace = record({ freeBytes: count, totalBytes: count }, ["freeBytes", "totalBytes"]);

/** The space of the file system that a folder is on. */
export interface FreeSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** @throws rejects as the command `free-space`, which resolves the folder below the roots of the caller. */
export async function freeSpaceIn(calls: ServiceCalls, directory: string): Promise<FreeSpace> {
  const run = calls.run.bind(calls) as (name: string, given: object) => Promise<unknown>;
  return checkGate(shownSpace, "", await run("free-space", { directory }));
}

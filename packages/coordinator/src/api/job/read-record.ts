// Records of jobs that this thread reads; the file-worker reads its own.

import { codeOf, nodePorts } from "@troupe/actor-runtime";
import { readBounded } from "@troupe/api-base";
import {
  decodeRecord,
  RecordError,
  recordLimitBytes,
  type JobRecord,
  type Sha1,
} from "@troupe/messages";

/** The digest of records. */
export const recordSha1: Sha1 = nodePorts().sha1;

/** @returns The record in a file; undefined without a readable record. */
export async function readRecord(path: string): Promise<JobRecord | undefined> {
  try {
    return decodeRecord(await readBounded(path, recordLimitBytes), recordSha1);
  } catch (error) {
    if (error instanceof RecordError || codeOf(error) !== undefined) return undefined;
    throw error;
  }
}

// The record of a job at the new folder: pieces stay trusted, because it has each file's facts there.

import type { JobRecord } from "@troupe/messages";
import { factWords, matchesFacts, setFacts } from "../state/file-facts.ts";
import type { MovedFile } from "./move-context.ts";

/**
 * @param record Of the old folder, or of an earlier moment of the move.
 * @param files As the move left them; an unproved file keeps its old facts, so the next start hashes it.
 * @returns The record for the new folder.
 */
export function movedRecord(
  record: JobRecord,
  directory: string,
  files: readonly MovedFile[],
): JobRecord {
  const facts = record.files.slice();
  for (const { index, before, target, isProved } of files) {
    const isKnown = index < facts.length / factWords && matchesFacts(record.files, index, before);
    if (isKnown && isProved === true && target !== undefined) setFacts(facts, index, target);
  }
  return { ...record, directory, files: facts };
}

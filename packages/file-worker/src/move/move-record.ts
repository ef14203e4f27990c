import type { JobRecord } from "@troupe/messages";
import { factWords, matchesFacts, setFacts } from "../state/file-facts.ts";
import type { MovedFile } from "./move-context.ts";

/**
 * The record for the new folder. Its pieces stay trusted, because it has each file's facts there.
 * @param record Record of the old folder, or of an earlier moment of the move.
 * @param files An unproved file keeps its old facts, so the next start hashes it.
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

// What a torrent's record has of the runs before this engine, and what it is to say of the present one.

import type { JobCounters, JobFacts } from "@troupe/messages";

/** The part of a record that the engine keeps in mind. */
export class EarlierRuns {
  /** Bytes of the runs before this engine; undefined until the record has been looked up. */
  counters: JobCounters | undefined;
  /** Addresses for the record: who answered lately, in this run and in earlier ones. */
  knownPeers: JobFacts["peers"] = [];
  /** Bytes moved when the file-worker was last told the figures. */
  savedBytes = 0;
}

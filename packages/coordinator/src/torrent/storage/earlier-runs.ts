// Counters and addresses that a torrent's record carries from run to run.

import type { JobCounters, JobFacts } from "@troupe/messages";

/** What the engine keeps of a record. */
export class EarlierRuns {
  /** Bytes of the runs before this engine; undefined until the record has been looked up. */
  counters: JobCounters | undefined;
  /** Addresses for the record: peers that answered lately, in this run or in earlier runs. */
  knownPeers: JobFacts["peers"] = [];
  /** Bytes moved when the file-worker was last told the figures. */
  savedBytes = 0;
}

import type { JobCounters, JobFacts } from "@troupe/messages";

/** Counters and addresses that a record carries from run to run. */
export class EarlierRuns {
  /** Bytes of the runs before this engine; undefined until the record has been read. */
  counters: JobCounters | undefined;
  /** Addresses for the record: peers that answered lately, in this or an earlier run. */
  knownPeers: JobFacts["peers"] = [];
  /** Bytes moved at the last `save-job` with figures. */
  savedBytes = 0;
}

import type { JobCounters, JobFacts } from "@troupe/messages";

/** The parts of a record that last from run to run. */
export class EarlierRuns {
  /** Sums before this engine; undefined until the record has been read. */
  counters: JobCounters | undefined;
  /** Peers that answered lately, in this or an earlier run. */
  knownPeers: JobFacts["peers"] = [];
  /** Sum of the figures at the last `save-job` with figures. */
  savedSum = 0;
}

import type { JobCounters, JobDates, JobFacts } from "@troupe/messages";

/** The parts of a record that last from run to run. */
export class EarlierRuns {
  /** With those of this run. */
  dates: JobDates;
  /** A service has added or adopted the torrent. */
  isServed: boolean;
  /** Payload of this engine, in both directions, when `dates.activeAt` was last noted. */
  notedBytes = 0;
  /** Sums before this engine; undefined until the record has been read. */
  counters: JobCounters | undefined;
  /** Peers that answered lately, in this or an earlier run. */
  knownPeers: JobFacts["peers"] = [];
  /** Sum of the figures at the last `save-job` with figures. */
  savedSum = 0;

  constructor(dates: JobDates, isServed: boolean) {
    this.dates = dates;
    this.isServed = isServed;
  }
}

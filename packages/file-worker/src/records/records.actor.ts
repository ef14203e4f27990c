// The records of jobs in the database of a state folder, in a thread of their own: a disk of data that does not answer
// keeps no record waiting, and a state folder that does not answer keeps no read or write of data waiting.

import type { Actor } from "@troupe/actor-runtime";
import type { RecordsProtocol } from "@troupe/messages";
import { stampedDisk } from "../files/disk-stamp.ts";
import {
  closeDatabases,
  endMove,
  findMove,
  listJobs,
  readRecord,
  writeRecords,
  type RecordsState,
} from "./record-calls.ts";

/** Settings of one incarnation. */
export interface RecordsOptions {
  /** `diskStampBytes` of shared memory, zeroed and fresh for this incarnation: see files/disk-stamp.ts. */
  readonly stamp: SharedArrayBuffer;
}

/** Every call runs to its end before the next one: so nothing read or written overtakes what was written before. */
export const recordsActor: Actor<RecordsProtocol, RecordsOptions, RecordsState> = {
  name: "records",
  start: (context, { stamp }) => ({
    context,
    disk: stampedDisk(context.disk, stamp),
    databases: new Map(),
  }),
  stop: closeDatabases,
  handlers: {
    "read-record": readRecord,
    "write-records": writeRecords,
    "list-jobs": listJobs,
    "find-move": findMove,
    "end-move": endMove,
  },
};

// Job records have a thread of their own: a hung data disk delays no record, and a hung state folder no data.

import type { Actor } from "@troupe/actor-runtime";
import type { RecordsProtocol } from "@troupe/messages";
import { stampedDisk } from "../files/disk-stamp.ts";
import {
  addTotals,
  changeBans,
  closeDatabases,
  endMove,
  findMove,
  listJobs,
  mergeDhtNodes,
  readDhtNodes,
  readRecord,
  writeRecords,
  type RecordsState,
} from "./record-calls.ts";
import { saveTorrentCopy } from "../state/save-torrent.ts";

/** Settings of an incarnation. */
export interface RecordsOptions {
  /** `diskStampBytes`, zeroed and fresh for this incarnation: see files/disk-stamp.ts. */
  readonly stamp: SharedArrayBuffer;
}

/** Each call completes before the next, which never overtakes earlier writes. */
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
    "change-bans": changeBans,
    "add-totals": addTotals,
    "save-torrent": saveTorrentCopy,
    "read-dht-nodes": readDhtNodes,
    "merge-dht-nodes": mergeDhtNodes,
  },
};

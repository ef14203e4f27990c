import type { DhtFamily, DhtTable } from "@troupe/messages";
import type { DhtWorker } from "../dht-worker.ts";
import { snapshotBuckets } from "../routing/table-snapshot.ts";
import { tableLines } from "../routing/table-text.ts";

/** The answer to `read-table`: a copy. */
export function readTable(worker: DhtWorker, family: DhtFamily): { readonly table?: DhtTable } {
  const node = worker.families.get(family)?.node;
  if (node === undefined) return {};
  const nowMs = worker.context.clock.nowMs();
  const { table, pendingNodes, traffic } = node;
  const buckets = snapshotBuckets(table, nowMs);
  return { table: { family, id: table.id, buckets, pendingNodes, traffic: { ...traffic } } };
}

/** The answer to `describe-table`. */
export function describeTable(
  worker: DhtWorker,
  family: DhtFamily,
): { readonly lines?: readonly string[] } {
  const { table } = readTable(worker, family);
  return table === undefined ? {} : { lines: tableLines(table, worker.context.clock.epochMs()) };
}

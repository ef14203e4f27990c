// Events of torrents, derived from the changes of their rows.

import type { RowChanges } from "@troupe/coordinator/commands";
import type { TorrentRow } from "../view/torrent-row.ts";

/** An event of a torrent, for a log. */
export type ServiceEvent = {
  /** Info-hash. */
  readonly torrent: string;
  readonly name: string;
} & (
  | { readonly kind: "added" | "removed" | "complete" | "started" | "stopped" }
  | { readonly kind: "failed"; readonly code: string; readonly message: string }
);

type Known = Pick<TorrentRow, "fault" | "isComplete" | "name" | "state">;

/** Keeps what is known of each torrent. */
export class RowEvents {
  readonly #known = new Map<string, Known>();

  /** The rows of a restore are no events. */
  know({ rows }: Pick<RowChanges, "rows">): void {
    for (const row of rows) this.#known.set(row.torrent, knownOf(row));
  }

  /** @returns The events of these changes. */
  take({ rows, removed }: RowChanges): readonly ServiceEvent[] {
    const events: ServiceEvent[] = [];
    for (const torrent of removed) {
      const before = this.#known.get(torrent);
      if (before !== undefined) events.push({ kind: "removed", torrent, name: before.name });
      this.#known.delete(torrent);
    }
    for (const row of rows) {
      events.push(...eventsOf(this.#known.get(row.torrent), row));
      this.#known.set(row.torrent, knownOf(row));
    }
    return events;
  }
}

function eventsOf(before: Known | undefined, row: TorrentRow): ServiceEvent[] {
  const { torrent, name, fault } = row;
  const of = { torrent, name };
  const events: ServiceEvent[] = before === undefined ? [{ kind: "added", ...of }] : [];
  if (before !== undefined && isStopped(before) && !isStopped(row))
    events.push({ kind: "started", ...of });
  if (before !== undefined && !isStopped(before) && isStopped(row))
    events.push({ kind: "stopped", ...of });
  if (row.isComplete && before?.isComplete === false && row.downloadedBytes > 0)
    events.push({ kind: "complete", ...of });
  if (row.state === "error" && fault !== undefined && before?.fault?.code !== fault.code)
    events.push({ kind: "failed", ...of, code: fault.code, message: fault.message });
  return events;
}

function isStopped({ state }: Pick<Known, "state">): boolean {
  return state === "stopped" || state === "stopping";
}

function knownOf({ fault, isComplete, name, state }: TorrentRow): Known {
  return { isComplete, name, state, ...(fault !== undefined && { fault }) };
}

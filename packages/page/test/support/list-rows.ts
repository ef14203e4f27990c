import { listRow, type GivenRow, type ListRow } from "../../src/events/list-row.ts";

/** A row as the service sends it: a complete torrent at rest. */
export function givenRow(row: Partial<GivenRow> = {}): GivenRow {
  return {
    ...{ torrent: "aa".repeat(20), number: 1, name: "a film", state: "active" },
    ...{ hasMetadata: true, isPrivate: false, isComplete: true, isForced: false },
    ...{ queuePosition: 0, labels: [], trackers: [], settings: {}, files: 1 },
    ...{ sizeBytes: 1_000, haveBytes: 1_000, wantedBytes: 1_000, leftBytes: 0 },
    ...{ downBytesPerSecond: 0, upBytesPerSecond: 0, peers: 0, seeds: 0 },
    ...{ sendingPeers: 0, gettingPeers: 0, addedAt: 0, directory: "/data" },
    ...row,
  };
}

/** Rows of the list by their hashes; a number is the end of a hash. */
export function listRows(...rows: readonly Partial<GivenRow>[]): Map<string, ListRow> {
  return new Map(
    rows.map((row, index) => {
      const torrent = hashOf(index + 1);
      return [torrent, listRow(givenRow({ torrent, number: index + 1, ...row }))];
    }),
  );
}

/** The hash of a number. */
export function hashOf(number: number): string {
  return number.toString(16).padStart(40, "0");
}

import type { OutboxEntry } from "../../src/automation/hooks/outbox-entry.ts";
import type { EventTorrent } from "../../src/automation/hooks/torrent-events.ts";

/** A torrent of an event. */
export const exampleTorrent: EventTorrent = {
  ...{ infoHash: "ab".repeat(20), id: 3, name: "debian.iso", directory: "/data" },
  ...{
    labels: ["films", "1080p"],
    priority: "high",
    trackers: [["http://t/announce"], ["udp://u:1"]],
  },
  ...{ sizeBytes: 2_000, downloadedBytes: 1_000 },
};

/** An entry of an outbox. */
export function exampleEntry(entry: Partial<OutboxEntry> = {}): OutboxEntry {
  return {
    ...{ id: "0f".repeat(16), event: "complete", hook: { kind: "hook", name: "done" } },
    ...{ torrent: exampleTorrent, atMs: 1_700_000_000_000 },
    ...entry,
  };
}

import type { OptionName } from "./option-table.ts";

/** Options under a title in the help of a call with many. */
interface OptionGroup {
  readonly title: string;
  readonly options: readonly OptionName[];
}

/** Groups of downloads and seeds: the ten usual options, then the others. */
export const transferGroups: readonly OptionGroup[] = [
  {
    title: "Usual options",
    options: [
      ...(["dir", "select", "down", "up", "seed", "ratio", "seed-time", "port"] as const),
      ...(["quiet", "json"] as const),
    ],
  },
  {
    title: "Sources and files",
    options: [
      ...(["input-file", "priority", "sequential", "portable-names", "verify"] as const),
      ...(["state-dir", "give-up"] as const),
    ],
  },
  {
    title: "Peers",
    options: [
      ...([
        "peer",
        "tracker",
        "no-trackers",
        "announce",
        "web-seed",
        "no-dht",
        "dht-node",
      ] as const),
      ...(["no-pex", "no-lsd", "no-port-mapping", "bind", "ip-filter"] as const),
    ],
  },
  {
    title: "Limits",
    options: ["schedule", "max-peers", "max-downloads", "max-seeds", "max-checks", "memory"],
  },
  { title: "Seeding", options: ["seed-until", "super-seed", "upload-slots", "no-upload"] },
  { title: "Output", options: ["json-events", "log-level", "log-file", "help"] },
  {
    title: "For experts",
    options: ["picker", "choker", "extension", "peer-workers", "hash-threads"],
  },
];

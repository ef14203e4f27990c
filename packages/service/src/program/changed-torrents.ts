import { commands, type CommandRow } from "@troupe/control/commands";

const rows: Readonly<Record<string, CommandRow>> = commands;

/**
 * The torrents whose rows a command may have changed. One that it adds or removes is known by itself.
 *
 * @returns Info-hashes; `all`, also for a command without a list of torrents that takes one.
 */
export function changedTorrents(name: string, given: unknown): readonly string[] | "all" | "none" {
  const row = rows[name];
  if (row === undefined || row.right === "read") return "none";
  // The gate of the command has refused it.
  if (typeof given !== "object" || given === null) return "none";
  const { torrent, torrents } = given as {
    readonly torrent?: unknown;
    readonly torrents?: unknown;
  };
  if (typeof torrent === "string") return [torrent];
  if (Array.isArray(torrents)) return torrents.filter((each) => typeof each === "string");
  return "torrents" in row.arguments ? "all" : "none";
}

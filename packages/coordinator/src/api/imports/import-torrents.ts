// Moving in from another client. A program that imports nothing does not load the readers.

import type { ImportedTorrents, ImportTorrentsOptions } from "./imported-torrents.ts";

/**
 * Brings the torrents of another client into a state folder, with folders, totals, labels, trackers, goals, limits, file
 * choices and names. The folder of the client and the data are only read. A service restores the torrents at its next start.
 *
 * @param from The state of the client: Transmission's configuration folder, rtorrent's session folder, qBittorrent's
 *   `BT_backup`, Deluge's `state`; or the folder above the last two.
 * @throws rejects with TroupeError `import-not-found`, `import-running` while the client runs, `import-malformed`,
 *   `service-running` while a service uses the state folder, `option-out-of-range`; the reason of `signal`; a system error.
 */
export async function importTorrents(
  from: string,
  options: ImportTorrentsOptions,
): Promise<ImportedTorrents> {
  return await (await import("./bring-torrents.ts")).bringTorrents(from, options);
}

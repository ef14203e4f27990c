// The names of the classic dialect, and those of the dialect by JSON-RPC 2.0 that stand for them.

/** Names with hyphens. Their snake case has `_` in place of each hyphen. */
const kebabNames = [
  ...["alt-speed-down", "alt-speed-enabled", "alt-speed-time-begin", "alt-speed-time-day"],
  ...["alt-speed-time-enabled", "alt-speed-time-end", "alt-speed-up", "anti-brute-force-enabled"],
  ...["anti-brute-force-threshold", "blocklist-enabled", "blocklist-size", "blocklist-update"],
  ...["blocklist-url", "config-dir", "cumulative-stats", "current-stats", "default-trackers"],
  ...["delete-local-data", "dht-enabled", "download-dir", "download-dir-free-space"],
  ...["download-queue-enabled", "download-queue-size", "file-count", "files-unwanted"],
  ...["files-wanted", "free-space", "group-get", "group-set", "idle-seeding-limit"],
  ...["idle-seeding-limit-enabled", "incomplete-dir", "incomplete-dir-enabled", "lpd-enabled"],
  ...["memory-bytes", "memory-units", "peer-limit", "peer-limit-global"],
  ...["peer-limit-per-torrent", "peer-port", "peer-port-random-on-start", "pex-enabled"],
  ...["port-forwarding-enabled", "port-is-open", "port-test", "primary-mime-type"],
  ...["priority-high", "priority-low", "priority-normal", "queue-move-bottom", "queue-move-down"],
  ...["queue-move-top", "queue-move-up", "queue-stalled-enabled", "queue-stalled-minutes"],
  ...["recently-active", "rename-partial-files", "rpc-version", "rpc-version-minimum"],
  ...["rpc-version-semver", "script-torrent-added-enabled", "script-torrent-added-filename"],
  ...["script-torrent-done-enabled", "script-torrent-done-filename"],
  ...["script-torrent-done-seeding-enabled", "script-torrent-done-seeding-filename"],
  ...["seed-queue-enabled", "seed-queue-size", "session-close", "session-get", "session-id"],
  ...["session-set", "session-stats", "size-bytes", "size-units", "speed-bytes"],
  ...["speed-limit-down", "speed-limit-down-enabled", "speed-limit-up", "speed-limit-up-enabled"],
  ...["speed-units", "start-added-torrents", "tcp-enabled", "torrent-add", "torrent-added"],
  ...["torrent-duplicate", "torrent-get", "torrent-reannounce", "torrent-remove"],
  ...["torrent-rename-path", "torrent-set", "torrent-set-location", "torrent-start"],
  ...["torrent-start-now", "torrent-stop", "torrent-verify", "trash-original-torrent-files"],
  "utp-enabled",
] as const;

/** Names with capitals. Their snake case has `_` before each capital, which becomes small. */
const camelNames = [
  ...["activeTorrentCount", "activityDate", "addedDate", "announceState", "bandwidthPriority"],
  ...["bytesCompleted", "clientIsChoked", "clientIsInterested", "clientName", "corruptEver"],
  ...["dateCreated", "desiredAvailable", "doneDate", "downloadCount", "downloadLimit"],
  ...["downloadLimited", "downloadSpeed", "downloadedBytes", "downloadedEver", "editDate"],
  ...["errorString", "etaIdle", "fileStats", "filesAdded", "flagStr", "fromCache", "fromDht"],
  ...["fromIncoming", "fromLpd", "fromLtep", "fromPex", "fromTracker", "hasAnnounced"],
  ...["hasScraped", "hashString", "haveUnchecked", "haveValid", "honorsSessionLimits"],
  ...["isBackup", "isDownloadingFrom", "isEncrypted", "isFinished", "isIncoming", "isPrivate"],
  ...["isStalled", "isUploadingTo", "lastAnnouncePeerCount", "lastAnnounceResult"],
  ...["lastAnnounceStartTime", "lastAnnounceSucceeded", "lastAnnounceTime"],
  ...["lastAnnounceTimedOut", "lastScrapeResult", "lastScrapeStartTime", "lastScrapeSucceeded"],
  ...["lastScrapeTime", "lastScrapeTimedOut", "leecherCount", "leftUntilDone", "magnetLink"],
  ...["manualAnnounceTime", "maxConnectedPeers", "metadataPercentComplete", "nextAnnounceTime"],
  ...["nextScrapeTime", "pausedTorrentCount", "peerIsChoked", "peerIsInterested"],
  ...["peersConnected", "peersFrom", "peersGettingFromUs", "peersSendingToUs"],
  ...["percentComplete", "percentDone", "pieceCount", "pieceSize", "queuePosition"],
  ...["rateDownload", "rateToClient", "rateToPeer", "rateUpload", "recheckProgress"],
  ...["scrapeState", "secondsActive", "secondsDownloading", "secondsSeeding", "seedIdleLimit"],
  ...["seedIdleMode", "seedRatioLimit", "seedRatioLimited", "seedRatioMode", "seederCount"],
  ...["sessionCount", "sizeWhenDone", "startDate", "torrentCount", "torrentFile", "trackerAdd"],
  ...["trackerList", "trackerRemove", "trackerReplace", "trackerStats", "uploadLimit"],
  ...["uploadLimited", "uploadRatio", "uploadSpeed", "uploadedBytes", "uploadedEver"],
  "webseedsSendingToUs",
] as const;

/** Names that follow neither rule: snake case, and the classic name. */
const otherNames = [
  ["cache_size_mib", "cache-size-mb"],
  ["is_utp", "isUTP"],
] as const;

/** Names that are others in the fields of torrents than elsewhere: snake case, and the name in torrents. */
const torrentNames = [
  ["download_dir", "downloadDir"],
  ["total_size", "totalSize"],
] as const;

const classicOf = new Map<string, string>([
  ...kebabNames.map((name) => [name.replaceAll("-", "_"), name] as const),
  ...camelNames.map((name) => [snakeOfCamel(name), name] as const),
  ...otherNames,
]);
const classicInTorrents = new Map<string, string>([...classicOf, ...torrentNames]);
const snakeOf = new Map<string, string>(
  [...classicOf, ...torrentNames].map(([snake, classic]) => [classic, snake]),
);

/** The classic name of a name in snake case; a name that is the same in both dialects stays. */
export function classicName(name: string): string {
  return classicOf.get(name) ?? name;
}

/** The classic name of a field of a torrent. */
export function classicFieldName(name: string): string {
  return classicInTorrents.get(name) ?? name;
}

/** The snake case of a classic name; every other name stays. */
export function snakeName(name: string): string {
  return snakeOf.get(name) ?? name;
}

function snakeOfCamel(name: string): string {
  return name.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}

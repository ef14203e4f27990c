// The one list of what Troupe lacks of the protocol: fields with a constant, settings that a call cannot change, and methods
// and arguments that answer an error. docs/service-transmission.md has it as a table.

/** A row of the list. */
interface LackRow {
  /** The name in snake case. */
  readonly name: string;
  /** The rows of the list of features that will end it, as test/catalogue.md names them. */
  readonly row: string;
  /** Settings and commands that end it: a test fails when callers elsewhere may use one of them. */
  readonly endedBy: readonly string[];
}

/** A field with one value. */
interface ConstantRow extends LackRow {
  readonly value: unknown;
}

/** Something that a sentence describes: that of an error, or that of the page. */
interface SentenceRow extends LackRow {
  readonly text: string;
}

const lackOf = (row: string, ...endedBy: readonly string[]) => ({ row, endedBy }) as const;

/** Fields of torrents. */
export const torrentConstants = [
  { name: "edit_date", value: 0, ...lackOf("F10") },
  { name: "have_unchecked", value: 0, ...lackOf("G07") },
  { name: "honors_session_limits", value: true, ...lackOf("D10") },
  { name: "manual_announce_time", value: -1, ...lackOf("L01") },
  { name: "recheck_progress", value: 0, ...lackOf("E06") },
  { name: "start_date", value: 0, ...lackOf("G07") },
  { name: "torrent_file", value: "", ...lackOf("L17") },
] as const satisfies readonly ConstantRow[];

/** Answers that differ in part from those of Transmission. */
export const partialAnswers = [
  {
    name: "availability",
    text: "-1 for each piece that is had, 0 for each other one: the engine tells no counts of single pieces",
    ...lackOf("L22"),
  },
  {
    name: "error",
    text: "0 or 3: errors of trackers are in `tracker_stats` alone",
    ...lackOf("C04"),
  },
  {
    name: "primary_mime_type",
    text: "`application/octet-stream` for a torrent with several files",
    ...lackOf("G12"),
  },
  {
    name: "priorities",
    text: "0 for an unwanted file: the engine keeps no priority of it",
    ...lackOf("E08"),
  },
  {
    name: "torrent_verify",
    text: "an error for a torrent that is stopped",
    ...lackOf("E06"),
  },
] as const satisfies readonly SentenceRow[];

/** Fields of the peers of a torrent. */
export const peerConstants = [
  { name: "peer_id", value: "", ...lackOf("I03") },
] as const satisfies readonly ConstantRow[];

/** Fields of the trackers of a torrent. */
export const trackerConstants = [
  { name: "download_count", value: -1, ...lackOf("C05") },
  { name: "downloader_count", value: -1, ...lackOf("C05") },
  { name: "last_announce_start_time", value: 0, ...lackOf("C04") },
  { name: "last_announce_time", value: 0, ...lackOf("C04") },
  { name: "last_announce_timed_out", value: false, ...lackOf("C04") },
  { name: "has_scraped", value: false, ...lackOf("C05") },
  { name: "last_scrape_result", value: "", ...lackOf("C05") },
  { name: "last_scrape_start_time", value: 0, ...lackOf("C05") },
  { name: "last_scrape_succeeded", value: false, ...lackOf("C05") },
  { name: "last_scrape_time", value: 0, ...lackOf("C05") },
  { name: "last_scrape_timed_out", value: false, ...lackOf("C05") },
  { name: "next_scrape_time", value: 0, ...lackOf("C05") },
  { name: "scrape_state", value: 0, ...lackOf("C05") },
] as const satisfies readonly ConstantRow[];

/** Fields of the statistics of the session. */
export const statisticsConstants = [
  { name: "files_added", value: 0, ...lackOf("I06") },
] as const satisfies readonly ConstantRow[];

/** Settings of the session with one value. A call that sets another one answers an error. */
export const sessionConstants = [
  { name: "anti_brute_force_enabled", value: true, ...lackOf("G14") },
  { name: "anti_brute_force_threshold", value: 1, ...lackOf("G14") },
  { name: "blocklist_url", value: "", ...lackOf("G15", "ipFilter", "set-ip-filter") },
  { name: "cache_size_mib", value: 64, ...lackOf("E13", "memory") },
  { name: "peer_port_random_on_start", value: false, ...lackOf("G15", "port") },
  { name: "queue_stalled_enabled", value: true, ...lackOf("F09") },
  { name: "queue_stalled_minutes", value: 1, ...lackOf("F09") },
  { name: "reqq", value: 500, ...lackOf("A08") },
  { name: "script_torrent_added_enabled", value: false, ...lackOf("H02") },
  { name: "script_torrent_added_filename", value: "", ...lackOf("H02") },
  { name: "script_torrent_done_enabled", value: false, ...lackOf("H02") },
  { name: "script_torrent_done_filename", value: "", ...lackOf("H02") },
  { name: "script_torrent_done_seeding_enabled", value: false, ...lackOf("H02") },
  { name: "script_torrent_done_seeding_filename", value: "", ...lackOf("H02") },
  { name: "sequential_download", value: false, ...lackOf("F03", "sequential") },
  { name: "trash_original_torrent_files", value: false, ...lackOf("H01") },
] as const satisfies readonly ConstantRow[];

/** Settings of the session that the settings file alone changes. A call that sets another value answers an error. */
export const fixedSettings = [
  { name: "blocklist_enabled", ...lackOf("G15", "ipFilter") },
  { name: "dht_enabled", ...lackOf("G15", "dht") },
  { name: "lpd_enabled", ...lackOf("G15", "localDiscovery") },
  { name: "peer_port", ...lackOf("G15", "port") },
  { name: "port_forwarding_enabled", ...lackOf("G15", "portMapping") },
  { name: "rename_partial_files", ...lackOf("G15", "partSuffix") },
] as const satisfies readonly LackRow[];

/** Methods that answer an error. */
export const methodErrors = {
  port_test: {
    name: "port_test",
    text: "Couldn't test port: this service asks no other host whether its port is open",
    ...lackOf("D07"),
  },
} as const satisfies Readonly<Record<string, SentenceRow>>;

/** Arguments that answer an error, by the method and the argument. */
export const argumentErrors = {
  "group_set honors_session_limits": {
    name: "group_set honors_session_limits: false",
    text: "the limits of the session hold for all groups",
    ...lackOf("D10"),
  },
  "torrent_add cookies": {
    name: "torrent_add cookies",
    text: "cannot add a torrent with cookies: this service sends none",
    ...lackOf("H05"),
  },
  "torrent_set honors_session_limits": {
    name: "torrent_set honors_session_limits: false",
    text: "the limits of the session hold for all torrents",
    ...lackOf("D10"),
  },
  "torrent_set_location move": {
    name: "torrent_set_location move: false",
    text: "cannot look for the data of a torrent in another folder: this service only moves it, with move: true",
    ...lackOf("E15", "locate"),
  },
} as const satisfies Readonly<Record<string, SentenceRow>>;

// The methods and the keys of Transmission's rpc-spec.md 4.1.1, in snake case.

/** The methods. */
export const specMethods: readonly string[] = [
  ...["torrent_start", "torrent_start_now", "torrent_stop", "torrent_verify"],
  ...["torrent_reannounce", "torrent_set", "torrent_get", "torrent_add", "torrent_remove"],
  ...["torrent_set_location", "torrent_rename_path", "session_set", "session_get"],
  ...["session_stats", "blocklist_update", "port_test", "session_close", "queue_move_top"],
  ...["queue_move_up", "queue_move_down", "queue_move_bottom", "free_space", "group_set"],
  "group_get",
];

/** Fields of torrents. The page lists `downloaded_ever` under a wrong name. */
export const specTorrentFields: readonly string[] = [
  ...["activity_date", "added_date", "availability", "bandwidth_priority", "bytes_completed"],
  ...["comment", "corrupt_ever", "creator", "date_created", "desired_available", "done_date"],
  ...["download_dir", "downloaded_ever", "download_limit", "download_limited", "edit_date"],
  ...["error", "error_string", "eta", "eta_idle", "file_count", "files", "file_stats", "group"],
  ...["hash_string", "have_unchecked", "have_valid", "honors_session_limits", "id"],
  ...["is_finished", "is_private", "is_stalled", "labels", "left_until_done", "magnet_link"],
  ...["manual_announce_time", "max_connected_peers", "metadata_percent_complete", "name"],
  ...["peer_limit", "peers", "peers_connected", "peers_from", "peers_getting_from_us"],
  ...["peers_sending_to_us", "percent_complete", "percent_done", "pieces", "piece_count"],
  ...["piece_size", "priorities", "primary_mime_type", "queue_position", "rate_download"],
  ...["rate_upload", "recheck_progress", "seconds_downloading", "seconds_seeding"],
  ...["seed_idle_limit", "seed_idle_mode", "seed_ratio_limit", "seed_ratio_mode"],
  ...["sequential_download", "sequential_download_from_piece", "size_when_done", "start_date"],
  ...["status", "torrent_file", "total_size", "trackers", "tracker_list", "tracker_stats"],
  ...["uploaded_ever", "upload_limit", "upload_limited", "upload_ratio", "wanted", "webseeds"],
  "webseeds_sending_to_us",
];

/** Keys of the objects in fields of torrents. */
export const specObjectKeys: Readonly<Record<string, readonly string[]>> = {
  files: ["bytes_completed", "length", "name", "begin_piece", "end_piece"],
  file_stats: ["bytes_completed", "wanted", "priority"],
  peers: [
    ...["address", "bytes_to_client", "bytes_to_peer", "client_is_choked"],
    ...["client_is_interested", "client_name", "flag_str", "is_downloading_from"],
    ...["is_encrypted", "is_incoming", "is_uploading_to", "is_utp", "peer_id"],
    ...["peer_is_choked", "peer_is_interested", "port", "progress", "rate_to_client"],
    "rate_to_peer",
  ],
  peers_from: [
    ...["from_cache", "from_dht", "from_incoming", "from_lpd", "from_ltep", "from_pex"],
    "from_tracker",
  ],
  trackers: ["announce", "id", "scrape", "sitename", "tier"],
  tracker_stats: [
    ...["announce", "announce_state", "download_count", "downloader_count", "has_announced"],
    ...["has_scraped", "host", "id", "is_backup", "last_announce_peer_count"],
    ...["last_announce_result", "last_announce_start_time", "last_announce_succeeded"],
    ...["last_announce_time", "last_announce_timed_out", "last_scrape_result"],
    ...["last_scrape_start_time", "last_scrape_succeeded", "last_scrape_time"],
    ...["last_scrape_timed_out", "leecher_count", "next_announce_time", "next_scrape_time"],
    ...["scrape", "scrape_state", "seeder_count", "sitename", "tier"],
  ],
};

/** Settings of the session. Those of the second list may not be set. */
export const specSessionSettings: readonly string[] = [
  ...["alt_speed_down", "alt_speed_enabled", "alt_speed_time_begin", "alt_speed_time_day"],
  ...["alt_speed_time_enabled", "alt_speed_time_end", "alt_speed_up", "anti_brute_force_enabled"],
  ...["blocklist_enabled", "blocklist_url", "cache_size_mib", "default_trackers", "dht_enabled"],
  ...["download_dir", "download_queue_enabled", "download_queue_size", "encryption"],
  ...["idle_seeding_limit", "idle_seeding_limit_enabled", "incomplete_dir"],
  ...["incomplete_dir_enabled", "lpd_enabled", "peer_limit_global", "peer_limit_per_torrent"],
  ...["peer_port_random_on_start", "peer_port", "pex_enabled", "port_forwarding_enabled"],
  ...["preferred_transports", "queue_stalled_enabled", "queue_stalled_minutes"],
  ...["rename_partial_files", "reqq", "script_torrent_added_enabled"],
  ...["script_torrent_added_filename", "script_torrent_done_enabled"],
  ...["script_torrent_done_filename", "script_torrent_done_seeding_enabled"],
  ...["script_torrent_done_seeding_filename", "seed_queue_enabled", "seed_queue_size"],
  ...["seed_ratio_limit", "seed_ratio_limited", "sequential_download", "speed_limit_down"],
  ...["speed_limit_down_enabled", "speed_limit_up", "speed_limit_up_enabled"],
  ...["start_added_torrents", "trash_original_torrent_files", "utp_enabled"],
];
export const specSessionFacts: readonly string[] = [
  ...["blocklist_size", "config_dir", "download_dir_free_space", "rpc_version_minimum"],
  ...["rpc_version_semver", "rpc_version", "session_id", "tcp_enabled", "units", "version"],
];
export const specUnits: readonly string[] = [
  ...["speed_units", "speed_bytes", "size_units", "size_bytes", "memory_units", "memory_bytes"],
];

export const specStatistics: readonly string[] = [
  ...["active_torrent_count", "download_speed", "paused_torrent_count", "torrent_count"],
  ...["upload_speed", "cumulative_stats", "current_stats"],
];
export const specStatisticsOfTime: readonly string[] = [
  ...["uploaded_bytes", "downloaded_bytes", "files_added", "seconds_active", "session_count"],
];

export const specGroup: readonly string[] = [
  ...["honors_session_limits", "name", "speed_limit_down", "speed_limit_down_enabled"],
  ...["speed_limit_up", "speed_limit_up_enabled"],
];

/** Keys of results of methods, besides those above. */
export const specResults: readonly string[] = [
  ...["torrents", "removed", "torrent_added", "torrent_duplicate", "port_is_open", "ip_protocol"],
  ...["path", "name", "id", "size_bytes", "total_size", "group"],
];

/** Arguments of torrent_set besides `ids`, each with a value that is allowed. */
export const specMutators: Readonly<Record<string, unknown>> = {
  bandwidth_priority: 1,
  download_limit: 50,
  download_limited: true,
  files_unwanted: [0],
  files_wanted: [1],
  group: "films",
  honors_session_limits: true,
  labels: ["one"],
  location: "/elsewhere",
  peer_limit: 20,
  priority_high: [0],
  priority_low: [0],
  priority_normal: [2],
  queue_position: 3,
  seed_idle_limit: 10,
  seed_idle_mode: 1,
  seed_ratio_limit: 3,
  seed_ratio_mode: 1,
  sequential_download: true,
  sequential_download_from_piece: 4,
  tracker_add: ["http://new.example/announce"],
  tracker_list: "udp://other.example:80",
  tracker_remove: [0],
  tracker_replace: [0, "http://new.example/announce"],
  upload_limit: 50,
  upload_limited: true,
};

/** Arguments of torrent_add, each with a value that is allowed. */
export const specAddArguments: Readonly<Record<string, unknown>> = {
  download_dir: "/elsewhere",
  filename: "http://example.org/a.torrent",
  labels: ["one"],
  metainfo: "ZGU=",
  paused: true,
  peer_limit: 20,
  bandwidth_priority: -1,
  files_wanted: [0],
  files_unwanted: [0],
  priority_high: [0],
  priority_low: [0],
  priority_normal: [0],
  sequential_download: true,
  sequential_download_from_piece: 4,
};

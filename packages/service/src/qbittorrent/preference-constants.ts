// The preferences of qBittorrent that stand for what Troupe lacks, or does not show to callers elsewhere. They cannot change.

import type { ConstantGroup, EndOfConstant, Json } from "./constants.ts";

const path = "app/preferences";

function lacking(
  values: Readonly<Record<string, Json>>,
  end: EndOfConstant,
  text: string,
): ConstantGroup {
  return { path, values, end, text };
}

function ofEngine(setting: string): EndOfConstant {
  return { setting, of: "engine" };
}

/** A part of the list of constants. */
export const preferenceConstants: readonly ConstantGroup[] = [
  lacking(
    { anonymous_mode: false },
    ofEngine("anonymous"),
    "The setting `anonymous` is not shown to callers elsewhere.",
  ),
  lacking({ upnp_lease_duration: 0 }, ofEngine("portMapping"), "As `anonymous_mode`."),
  lacking({ current_interface_address: "" }, ofEngine("bind"), "As `anonymous_mode`."),
  lacking({ current_network_interface: "" }, ofEngine("interface"), "As `anonymous_mode`."),
  lacking(
    { torrent_content_layout: "Original" },
    ofEngine("layout"),
    "The setting `layout` is read at the start.",
  ),
  lacking({ max_uploads: -1, upload_slots_behavior: 0 }, ofEngine("uploadSlots"), "As `layout`."),
  lacking({ max_active_checking_torrents: 256 }, ofEngine("maxChecks"), "As `layout`."),
  lacking({ hashing_threads: 1 }, ofEngine("hashThreads"), "As `layout`."),
  lacking({ memory_working_set_limit: 512, disk_cache: -1 }, ofEngine("memory"), "As `layout`."),
  lacking(
    { max_uploads_per_torrent: -1 },
    { setting: "uploadSlots", of: "torrent" },
    "Slots have no bound of a torrent.",
  ),
  lacking(
    { ip_filter_enabled: false, ip_filter_path: "", ip_filter_trackers: false },
    ofEngine("ipFilter"),
    "A filter is a file or an address, which a caller elsewhere neither sees nor names.",
  ),
  lacking(
    {
      ...{ alt_dl_limit: 10_240, alt_up_limit: 10_240, scheduler_enabled: false },
      ...{ schedule_from_hour: 8, schedule_from_min: 0, schedule_to_hour: 20, schedule_to_min: 0 },
      scheduler_days: 0,
    },
    ofEngine("limits.alternative"),
    "There is one set of limits. A schedule of it is in `limits.schedule`.",
  ),
  lacking(
    {
      ...{ proxy_type: 0, proxy_ip: "0.0.0.0", proxy_port: 8_080, proxy_auth_enabled: false },
      ...{ proxy_username: "", proxy_password: "", proxy_peer_connections: false },
      ...{ proxy_torrents_only: false, proxy_hostname_lookup: true },
    },
    ofEngine("proxy"),
    "Proxies.",
  ),
  lacking({ limit_utp_rate: true }, ofEngine("limits.utp"), "The limits hold for both transports."),
  lacking({ preallocate_all: false }, ofEngine("allocation"), "`allocation` is that of one `add`."),
  lacking({ torrent_stop_condition: "None" }, ofEngine("stopAt"), "`stopAt` is that of one `add`."),
  lacking(
    { announce_to_all_trackers: false, announce_to_all_tiers: true },
    ofEngine("announce"),
    "`announce` is that of one torrent.",
  ),
  lacking(
    { upload_choking_algorithm: 0 },
    ofEngine("seedChoker"),
    "`seedChoker` is that of one torrent.",
  ),
  lacking(
    { queueing_enabled: true, max_active_torrents: -1 },
    "never",
    "Torrents always have an order.",
  ),
  lacking(
    {
      ...{ dont_count_slow_torrents: true, slow_torrent_dl_rate_threshold: 2 },
      ...{ slow_torrent_ul_rate_threshold: 2, slow_torrent_inactive_timer: 60 },
    },
    "never",
    "The rule for slow torrents is fixed.",
  ),
  lacking(
    {
      ...{ auto_tmm_enabled: false, torrent_changed_tmm_enabled: false },
      ...{ save_path_changed_tmm_enabled: false, category_changed_tmm_enabled: false },
      use_category_paths_in_manual_mode: true,
    },
    "never",
    "A torrent that is added into a category without a folder of its own gets that of the category, and stays there.",
  ),
  lacking(
    { scan_dirs: {}, export_dir: "", export_dir_fin: "", auto_delete_mode: 0 },
    ofEngine("watch"),
    "Watched folders.",
  ),
  lacking(
    {
      ...{ autorun_enabled: false, autorun_program: "", autorun_on_torrent_added_enabled: false },
      autorun_on_torrent_added_program: "",
    },
    "never",
    "A caller elsewhere neither sees nor names programs.",
  ),
  lacking(
    {
      ...{ mail_notification_enabled: false, mail_notification_sender: "" },
      ...{ mail_notification_email: "", mail_notification_smtp: "" },
      ...{ mail_notification_ssl_enabled: false, mail_notification_auth_enabled: false },
      ...{ mail_notification_username: "", mail_notification_password: "" },
    },
    "never",
    "Mail.",
  ),
  lacking(
    {
      ...{ web_ui_domain_list: "*", web_ui_address: "*", web_ui_port: 8_080, web_ui_upnp: false },
      ...{ use_https: false, web_ui_https_cert_path: "", web_ui_https_key_path: "" },
      ...{ web_ui_username: "", bypass_local_auth: false, bypass_auth_subnet_whitelist: "" },
      ...{ bypass_auth_subnet_whitelist_enabled: false, web_ui_max_auth_fail_count: 1 },
      ...{ web_ui_ban_duration: 900, web_ui_session_timeout: 2_592_000 },
      ...{ alternative_webui_enabled: false, alternative_webui_path: "" },
      ...{ web_ui_clickjacking_protection_enabled: true, web_ui_csrf_protection_enabled: true },
      ...{ web_ui_secure_cookie_enabled: true, web_ui_host_header_validation_enabled: true },
      ...{ web_ui_use_custom_http_headers_enabled: false, web_ui_custom_http_headers: "" },
      ...{ web_ui_reverse_proxy_enabled: false, web_ui_reverse_proxies_list: "" },
      ...{ locale: "en", performance_warning: false },
    },
    "never",
    "A caller elsewhere neither sees nor changes what guards the service.",
  ),
  lacking(
    {
      ...{ dyndns_enabled: false, dyndns_service: 0, dyndns_username: "", dyndns_password: "" },
      dyndns_domain: "",
    },
    "never",
    "Dynamic DNS.",
  ),
  lacking(
    {
      ...{ rss_refresh_interval: 30, rss_max_articles_per_feed: 50, rss_processing_enabled: false },
      ...{ rss_auto_downloading_enabled: false, rss_download_repack_proper_episodes: false },
      rss_smart_episode_filters: "",
    },
    ofEngine("feeds"),
    "Feeds.",
  ),
  lacking(
    {
      ...{ enable_embedded_tracker: false, embedded_tracker_port: 9_000 },
      embedded_tracker_port_forwarding: false,
    },
    "never",
    "The tracker in qBittorrent.",
  ),
  lacking(
    { random_port: false, outgoing_ports_min: 0, outgoing_ports_max: 0, peer_tos: 0 },
    ofEngine("port"),
    "The ports are read at the start.",
  ),
  lacking(
    {
      ...{ async_io_threads: 10, file_pool_size: 5_000, checking_memory_use: 32 },
      ...{ disk_cache_ttl: 60, disk_queue_size: 1_048_576, disk_io_type: 0 },
      ...{ disk_io_read_mode: 1, disk_io_write_mode: 1, enable_coalesce_read_write: false },
      ...{ enable_piece_extent_affinity: false, enable_upload_suggestions: false },
      ...{ send_buffer_watermark: 500, send_buffer_low_watermark: 10 },
      ...{ send_buffer_watermark_factor: 50, connection_speed: 30, socket_backlog_size: 30 },
      ...{ idn_support_enabled: false, enable_multi_connections_from_same_ip: false },
      ...{ validate_https_tracker_certificate: true, ssrf_mitigation: true },
      ...{ block_peers_on_privileged_ports: false, max_concurrent_http_announces: 50 },
      ...{ stop_tracker_timeout: 2, peer_turnover: 4, peer_turnover_cutoff: 90 },
      ...{ peer_turnover_interval: 300, request_queue_size: 500, save_resume_data_interval: 60 },
      ...{ resume_data_storage_type: "Legacy", refresh_interval: 1_500 },
      ...{ resolve_peer_countries: false, reannounce_when_address_changed: true },
    },
    "never",
    "Details of libtorrent and of the page; Troupe has rules of its own in their place.",
  ),
];

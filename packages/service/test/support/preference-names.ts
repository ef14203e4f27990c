/** The preferences of qBittorrent 4.5.2 by their types, as the program of Debian 12 answers them. */
export const preferenceNames = {
  text: `
    add_trackers alternative_webui_path announce_ip autorun_on_torrent_added_program autorun_program banned_IPs
    bypass_auth_subnet_whitelist current_interface_address current_network_interface dyndns_domain
    dyndns_password dyndns_username excluded_file_names export_dir export_dir_fin ip_filter_path locale
    mail_notification_email mail_notification_password mail_notification_sender mail_notification_smtp
    mail_notification_username proxy_ip proxy_password proxy_username resume_data_storage_type
    rss_smart_episode_filters save_path temp_path torrent_content_layout torrent_stop_condition web_ui_address
    web_ui_custom_http_headers web_ui_domain_list web_ui_https_cert_path web_ui_https_key_path
    web_ui_reverse_proxies_list web_ui_username
  `,
  flag: `
    add_trackers_enabled alternative_webui_enabled announce_to_all_tiers announce_to_all_trackers
    anonymous_mode auto_tmm_enabled autorun_enabled autorun_on_torrent_added_enabled
    block_peers_on_privileged_ports bypass_auth_subnet_whitelist_enabled bypass_local_auth
    category_changed_tmm_enabled dht dont_count_slow_torrents dyndns_enabled embedded_tracker_port_forwarding
    enable_coalesce_read_write enable_embedded_tracker enable_multi_connections_from_same_ip
    enable_piece_extent_affinity enable_upload_suggestions excluded_file_names_enabled idn_support_enabled
    incomplete_files_ext ip_filter_enabled ip_filter_trackers limit_lan_peers limit_tcp_overhead limit_utp_rate
    lsd mail_notification_auth_enabled mail_notification_enabled mail_notification_ssl_enabled
    max_ratio_enabled max_seeding_time_enabled performance_warning pex preallocate_all proxy_auth_enabled
    proxy_hostname_lookup proxy_peer_connections proxy_torrents_only queueing_enabled random_port
    reannounce_when_address_changed recheck_completed_torrents resolve_peer_countries
    rss_auto_downloading_enabled rss_download_repack_proper_episodes rss_processing_enabled
    save_path_changed_tmm_enabled scheduler_enabled ssrf_mitigation start_paused_enabled temp_path_enabled
    torrent_changed_tmm_enabled upnp use_category_paths_in_manual_mode use_https
    validate_https_tracker_certificate web_ui_clickjacking_protection_enabled web_ui_csrf_protection_enabled
    web_ui_host_header_validation_enabled web_ui_reverse_proxy_enabled web_ui_secure_cookie_enabled web_ui_upnp
    web_ui_use_custom_http_headers_enabled
  `,
  number: `
    alt_dl_limit alt_up_limit async_io_threads auto_delete_mode bittorrent_protocol checking_memory_use
    connection_speed disk_cache disk_cache_ttl disk_io_read_mode disk_io_type disk_io_write_mode
    disk_queue_size dl_limit dyndns_service embedded_tracker_port encryption file_pool_size hashing_threads
    listen_port max_active_checking_torrents max_active_downloads max_active_torrents max_active_uploads
    max_concurrent_http_announces max_connec max_connec_per_torrent max_ratio max_ratio_act max_seeding_time
    max_uploads max_uploads_per_torrent memory_working_set_limit outgoing_ports_max outgoing_ports_min peer_tos
    peer_turnover peer_turnover_cutoff peer_turnover_interval proxy_port proxy_type refresh_interval
    request_queue_size rss_max_articles_per_feed rss_refresh_interval save_resume_data_interval
    schedule_from_hour schedule_from_min schedule_to_hour schedule_to_min scheduler_days
    send_buffer_low_watermark send_buffer_watermark send_buffer_watermark_factor slow_torrent_dl_rate_threshold
    slow_torrent_inactive_timer slow_torrent_ul_rate_threshold socket_backlog_size stop_tracker_timeout
    up_limit upload_choking_algorithm upload_slots_behavior upnp_lease_duration utp_tcp_mixed_mode
    web_ui_ban_duration web_ui_max_auth_fail_count web_ui_port web_ui_session_timeout
  `,
  object: `
    scan_dirs
  `,
} as const;

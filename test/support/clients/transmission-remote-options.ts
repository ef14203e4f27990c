// The options of transmission-remote 3.00, with the calls that show their effects.

/** Calls of an option. `DATA` stands for the default folder, and `FILE` for a .torrent. */
interface Row {
  readonly option: string;
  readonly words: string;
}

/** The second call, or the setting of the session, that tells an effect. */
export interface EffectRow extends Row {
  readonly read: string;
  readonly shows: RegExp;
}

export const si = "-si";
export const ti = "-t 1 -i";
const tf = "-t 1 -f";

/** Options of the session that no call of 3.00 prints: a question of ours reads them back. */
const ask = (key: string): string => `session-get ${key}`;

/** Settings of the session, in this order: some build on those before. */
export const sessionEffects: readonly EffectRow[] = [
  ["--alt-speed-downlimit", "30", si, /Download speed.*turtle limit: 30 kB/],
  ["--alt-speed-uplimit", "20", si, /Upload speed.*turtle limit: 20 kB/],
  ["--alt-speed", "", si, /Upload speed limit: 20 kB\/s.*Enabled turtle/],
  ["--no-alt-speed", "", si, /Upload speed limit: Unlimited.*Disabled turtle/],
  ["--alt-speed-scheduler", "", si, /Turtle schedule: 09:00 - 17:00/],
  ["--alt-speed-time-begin", "0830", si, /Turtle schedule: 08:30 - 17:00/],
  ["--alt-speed-time-end", "1745", si, /Turtle schedule: 08:30 - 17:45/],
  ["--alt-speed-days", "2-4", si, /Turtle schedule: 08:30 - 17:45 +Tue Wed Thu *$/m],
  ["--no-alt-speed-scheduler", "", si, /^(?![^]*Turtle schedule)/],
  ["--download-dir", "DATA/other", si, /Download directory: .*\/data\/other$/m],
  ["--incomplete-dir", "DATA/unfinished", ask("incomplete-dir"), /\/unfinished$/],
  ["--no-incomplete-dir", "", ask("incomplete-dir-enabled"), /^false$/],
  ["--global-seedratio", "1.5", si, /Default seed ratio limit: 1.5/],
  ["--no-global-seedratio", "", si, /Default seed ratio limit: Unlimited/],
  ["--encryption-preferred", "", si, /Encryption: preferred/],
  ["--encryption-required", "", si, /Encryption: required/],
  ["--encryption-tolerated", "", si, /Encryption: tolerated/],
  ["--no-utp", "", si, /uTP enabled: No/],
  ["--utp", "", si, /uTP enabled: Yes/],
  ["--no-dht", "", si, /Distributed hash table enabled: No/],
  ["--no-lpd", "", si, /Local peer discovery enabled: No/],
  ["--no-portmap", "", si, /Portforwarding enabled: No/],
  ["--no-pex", "", si, /Peer exchange allowed: No/],
  ["--pex", "", si, /Peer exchange allowed: Yes/],
  ["--no-trash-torrent", "", si, /Delete automatically added torrents: No/],
  ["--start-paused", "", si, /Autostart added torrents: No/],
  ["--no-start-paused", "", si, /Autostart added torrents: Yes/],
  ["--no-torrent-done-script", "", ask("script-torrent-done-enabled"), /^false$/],
].map(row);

/** Settings of the torrent 1, which is stopped. */
export const torrentEffects: readonly EffectRow[] = [
  ["--downlimit", "30", ti, /Download Limit: 30 kB/],
  ["--no-downlimit", "", ti, /Download Limit: Unlimited/],
  ["--uplimit", "20", ti, /Upload Limit: 20 kB/],
  ["--no-uplimit", "", ti, /Upload Limit: Unlimited/],
  ["--peers", "17", ti, /Peer limit: 17/],
  ["--bandwidth-high", "", ti, /Bandwidth Priority: High/],
  ["--bandwidth-low", "", ti, /Bandwidth Priority: Low/],
  ["--bandwidth-normal", "", ti, /Bandwidth Priority: Normal/],
  ["--seedratio", "3", ti, /Ratio Limit: 3.0/],
  ["--no-seedratio", "", ti, /Ratio Limit: Unlimited/],
  ["--seedratio-default", "", ti, /Ratio Limit: Default/],
  ["--honor-session", "", ti, /Honors Session Limits: Yes/],
  ["--labels", "films,new", ti, /Labels: films, new$/m],
  ["--no-get", "1", tf, /1: +0% +Normal +No .*b.bin/],
  ["--get", "all", tf, /1: +0% +Normal +Yes .*b.bin/],
  ["--priority-high", "0", tf, /0: +0% +High +Yes .*a.bin/],
  ["--priority-low", "0", tf, /0: +0% +Low +Yes .*a.bin/],
  ["--priority-normal", "all", tf, /0: +0% +Normal +Yes .*a.bin/],
  ["--tracker-add", "http://two.example/announce", "-t 1 -it", /Tracker 1: two.example:80/],
  ["--tracker-remove", "1", "-t 1 -it", /^(?![^]*two.example)/],
].map(row);

/** Options of a torrent that act on the session when no torrent is named. */
export const globalEffects: readonly EffectRow[] = [
  ["--downlimit", "40", si, /Download speed limit: 40 kB/],
  ["--no-downlimit", "", si, /Download speed limit: Unlimited/],
  ["--uplimit", "50", si, /Upload speed limit: 50 kB/],
  ["--no-uplimit", "", si, /Upload speed limit: Unlimited/],
  ["--peers", "70", si, /Peer limit: 70/],
].map(row);

/** Options that print. */
export const prints: readonly (Row & { readonly shows: RegExp })[] = [
  ["--info", "", "-t 1", /Name: payload[^]*Total size: 60.00 kB/],
  ["--files", "", "-t 1", /payload \(2 files\)/],
  ["--info-files", "", "-t 1", /1: .* 20.00 kB +payload\/b.bin/],
  ["--info-pieces", "", "-t 1", /^ *0000/m],
  ["--info-trackers", "", "-t 1", /Tracker 0: 127.0.0.1/],
  ["--session-info", "", "", /Daemon version: 4\.1\.1 \(Troupe /],
  ["--session-stats", "", "", /CURRENT SESSION[^]*Started \d+ times/],
  ["--list", "", "", /^ +1 .* payload$/m],
].map(([option = "", , before = "", shows = /^/]) => ({
  option: option as string,
  words: `${before as string} ${option as string}`.trim(),
  shows: shows as RegExp,
}));

/** Options that are refused, with the name on the list. */
export const lacks: readonly (Row & { readonly lack: string })[] = [
  ["--cache", "4", "cache_size_mib"],
  ["--dht", "", "dht_enabled"],
  ["--lpd", "", "lpd_enabled"],
  ["--port", "6999", "peer_port"],
  ["--portmap", "", "port_forwarding_enabled"],
  ["--random-port", "", "peer_port_random_on_start"],
  ["--torrent-done-script", "/bin/true", "script_torrent_done_enabled"],
  ["--trash-torrent", "", "trash_original_torrent_files"],
  ["--port-test", "", "port_test"],
  ["--find", "DATA/other", "torrent_set_location move: false", "-t 1"],
  ["--no-honor-session", "", "torrent_set honors_session_limits: false", "-t 1"],
].map(([option = "", value = "", lack = "", before = ""]) => ({
  option,
  words: `${before} ${option} ${value}`.trim(),
  lack,
}));

/** Options that tests of their own cover. */
export const actions = [
  "--blocklist-update",
  ...["--add", "--exit", "--info-peers", "--move", "--peer-info", "--reannounce", "--remove"],
  ...["--remove-and-delete", "--start", "--stop", "--torrent", "--verify"],
];

/** Options that ask nothing of the daemon. */
export const ownOptions = [
  ...["--auth", "--authenv", "--debug", "--help", "--netrc", "--ssl", "--version"],
];

function row([option, value, read, shows]: readonly (RegExp | string)[]): EffectRow {
  return {
    option: String(option),
    words: `${String(option)} ${String(value)}`.trim(),
    read: String(read),
    shows: shows as RegExp,
  };
}

// Every option of transmission-remote 3.00: its effect is read back by a second call, or its name is on the list of what
// Troupe lacks (docs/service-transmission.md).

import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import {
  argumentErrors,
  fixedSettings,
  methodErrors,
  sessionConstants,
} from "../../packages/service/src/transmission/constants.ts";
import { startCountingTracker } from "../support/clients/counting-tracker.ts";
import { remoteOptions, TransmissionRemote } from "../support/clients/transmission-remote.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writePayload } from "../support/files/payload.ts";
import { writeTorrentFile } from "../support/files/torrent-file.ts";
import { Served } from "../support/service/served.ts";
import { startEngine } from "../support/swarm/start-engine.ts";

const pollMs = 50;

/** Options whose name is on the list of what Troupe lacks, at most. */
const mostLacking = 18;

/** Calls of an option. `DATA` stands for the default folder, and `FILE` for a .torrent. */
interface Row {
  readonly option: string;
  readonly words: string;
}

/** The second call, or the setting of the session, that tells an effect. */
interface EffectRow extends Row {
  readonly read: string;
  readonly shows: RegExp;
}

const si = "-si";
const ti = "-t 1 -i";
const tf = "-t 1 -f";

/** Options of the session that no call of 3.00 prints: a question of ours reads them back. */
const ask = (key: string): string => `session-get ${key}`;

/** Settings of the session, in this order: some build on those before. */
const sessionEffects: readonly EffectRow[] = [
  ["--alt-speed-downlimit", "30", si, /Download speed.*turtle limit: 30 kB/],
  ["--alt-speed-uplimit", "20", si, /Upload speed.*turtle limit: 20 kB/],
  ["--alt-speed", "", si, /Upload speed limit: 20 kB\/s.*Enabled turtle/],
  ["--no-alt-speed", "", si, /Upload speed limit: Unlimited.*Disabled turtle/],
  ["--alt-speed-scheduler", "", si, /Turtle schedule: 09:00 - 17:00/],
  ["--alt-speed-time-begin", "0830", si, /Turtle schedule: 08:30 - 17:00/],
  ["--alt-speed-time-end", "1745", si, /Turtle schedule: 08:30 - 17:45/],
  ["--alt-speed-days", "2-4", si, /Turtle schedule: 08:30 - 17:45 +Tue Wed Thu *$/m],
  ["--no-alt-speed-scheduler", "", si, /^(?![^]*Turtle schedule)/],
  ["--incomplete-dir", "DATA/unfinished", ask("incomplete-dir"), /\/unfinished$/],
  ["--no-incomplete-dir", "", ask("incomplete-dir-enabled"), /^false$/],
  ["--global-seedratio", "1.5", si, /Default seed ratio limit: 1.5/],
  ["--no-global-seedratio", "", si, /Default seed ratio limit: Unlimited/],
  ["--encryption-tolerated", "", si, /Encryption: tolerated/],
  ["--no-utp", "", si, /uTP enabled: No/],
  ["--no-dht", "", si, /Distributed hash table enabled: No/],
  ["--no-lpd", "", si, /Local peer discovery enabled: No/],
  ["--no-portmap", "", si, /Portforwarding enabled: No/],
  ["--pex", "", si, /Peer exchange allowed: Yes/],
  ["--no-trash-torrent", "", si, /Delete automatically added torrents: No/],
  ["--no-start-paused", "", si, /Autostart added torrents: Yes/],
  ["--no-torrent-done-script", "", ask("script-torrent-done-enabled"), /^false$/],
].map(row);

/** Settings of the torrent 1, which is stopped. */
const torrentEffects: readonly EffectRow[] = [
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

/** Options of the daemon, without a torrent. */
const globalEffects: readonly EffectRow[] = [
  ["--downlimit", "40", si, /Download speed limit: 40 kB/],
  ["--no-downlimit", "", si, /Download speed limit: Unlimited/],
  ["--uplimit", "50", si, /Upload speed limit: 50 kB/],
  ["--no-uplimit", "", si, /Upload speed limit: Unlimited/],
  ["--peers", "70", si, /Peer limit: 70/],
].map(row);

/** Options that print. */
const prints: readonly (Row & { readonly shows: RegExp })[] = [
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
const lacks: readonly (Row & { readonly lack: string })[] = [
  ["--cache", "4", "cache_size_mib"],
  ["--dht", "", "dht_enabled"],
  ["--download-dir", "DATA/other", "download_dir"],
  ["--encryption-preferred", "", "encryption"],
  ["--encryption-required", "", "encryption"],
  ["--lpd", "", "lpd_enabled"],
  ["--no-pex", "", "pex_enabled"],
  ["--port", "6999", "peer_port"],
  ["--portmap", "", "port_forwarding_enabled"],
  ["--random-port", "", "peer_port_random_on_start"],
  ["--start-paused", "", "start_added_torrents"],
  ["--torrent-done-script", "/bin/true", "script_torrent_done_enabled"],
  ["--trash-torrent", "", "trash_original_torrent_files"],
  ["--utp", "", "utp_enabled"],
  ["--blocklist-update", "", "blocklist_update"],
  ["--port-test", "", "port_test"],
  ["--find", "DATA/other", "torrent_set_location move: false", "-t 1"],
  ["--no-honor-session", "", "torrent_set honors_session_limits: false", "-t 1"],
].map(([option = "", value = "", lack = "", before = ""]) => ({
  option,
  words: `${before} ${option} ${value}`.trim(),
  lack,
}));

/** Options that tests of their own cover. */
const actions = [
  ...["--add", "--exit", "--info-peers", "--move", "--peer-info", "--reannounce", "--remove"],
  ...["--remove-and-delete", "--start", "--stop", "--torrent", "--verify"],
];

/** Options that ask nothing of the daemon. */
const ownOptions = [
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

/** A service with transmission-remote, and the torrent 1 if it is added. */
class Controlled implements AsyncDisposable {
  readonly served: Served;
  readonly remote: TransmissionRemote;
  readonly file: string;
  /** The folder of the whole payload. */
  readonly source: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(served: Served, source: string, file: string, stack: AsyncDisposableStack) {
    this.served = served;
    this.source = source;
    this.file = file;
    this.remote = new TransmissionRemote(served.port, { user: "troupe", text: served.password });
    this.#stack = stack;
  }

  static async open(trackers: readonly string[] = []): Promise<Controlled> {
    await using stack = new AsyncDisposableStack();
    const source = stack.use(temporaryFolder("remote-source")).path;
    const files = [
      { path: ["a.bin"], lengthBytes: 40_000 },
      { path: ["b.bin"], lengthBytes: 20_000 },
    ];
    const shape = { name: "payload", pieceLengthBytes: 16 * 1024, files };
    const payload = writePayload({ ...shape, folder: source });
    const { path } = writeTorrentFile(payload, trackers);
    const served = stack.use(await Served.open({ engine: { localHosts: ["127.0.0.1"] } }));
    return new Controlled(served, source, path, stack.move());
  }

  get data(): string {
    return join(this.served.folder, "data");
  }

  /** Puts the payload where the torrent 1 looks for it. */
  placeData(): void {
    mkdirSync(join(this.data, "payload"), { recursive: true });
    for (const name of ["a.bin", "b.bin"])
      copyFileSync(join(this.source, "payload", name), join(this.data, "payload", name));
  }

  /** Runs transmission-remote. */
  async run(
    words: string,
  ): Promise<{ readonly status: number | undefined; readonly text: string }> {
    const told = words.replaceAll("DATA", this.data).replaceAll("FILE", this.file);
    return await this.remote.run(...told.split(" "));
  }

  /** Runs transmission-remote. @throws rejects when it fails. */
  async call(words: string): Promise<string> {
    const { status, text } = await this.run(words);
    if (status !== 0) throw new Error(`transmission-remote ${words}: ${text}`);
    return text;
  }

  /** The text that a reading call prints. */
  async read(how: string): Promise<string> {
    const [, key] = /^session-get (.*)$/.exec(how) ?? [];
    if (key === undefined) return await this.call(how);
    const text = JSON.stringify({ method: "session-get", arguments: { fields: [key] } });
    const basic = this.served.basic();
    const { headers } = await this.served.ask("/transmission/rpc", { headers: basic, text });
    const id = { "x-transmission-session-id": String(headers["x-transmission-session-id"]) };
    const answer = await this.served.ask("/transmission/rpc", {
      headers: { ...basic, ...id },
      text,
    });
    return String(answer.body.arguments[key]);
  }

  async until(read: string, shows: RegExp): Promise<void> {
    for (let left = 600; left > 0; left--) {
      if (shows.test(await this.read(read))) return;
      await delay(pollMs);
    }
    throw new Error(`${read} does not show ${shows}: ${await this.read(read)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** Each option has the effect that the second call shows. */
async function showEffects(
  t: ExecutionContext,
  controlled: Controlled,
  rows: readonly EffectRow[],
  before = "",
): Promise<void> {
  for (const { words, read, shows } of rows) {
    await controlled.call(`${before} ${words}`.trim());
    t.regex(await controlled.read(read), shows, words);
  }
}

test("each option of transmission-remote has its row, and few are lacking", async (t) => {
  const options = await remoteOptions();
  t.is(options.length, 87);
  const rows = [...sessionEffects, ...torrentEffects, ...prints, ...lacks];
  const known = new Set([...rows.map(({ option }) => option), ...actions, ...ownOptions]);
  t.deepEqual([...known].toSorted(), options.toSorted());
  const listed: readonly { readonly name: string }[] = [
    ...sessionConstants,
    ...fixedSettings,
    ...Object.values(methodErrors),
    ...Object.values(argumentErrors),
  ];
  const names = new Set(listed.map(({ name }) => name));
  t.deepEqual(
    lacks.filter(({ lack }) => !names.has(lack)),
    [],
  );
  t.true(lacks.length <= mostLacking, `${lacks.length}`);
});

test("settings of the session are read back", async (t) => {
  await using controlled = await Controlled.open();
  await showEffects(t, controlled, [...sessionEffects, ...globalEffects]);
});

test("settings of a torrent are read back", async (t) => {
  await using controlled = await Controlled.open(["http://one.example/announce"]);
  await controlled.call("-a FILE");
  await controlled.call("-t 1 --stop");
  await showEffects(t, controlled, torrentEffects, "-t 1");
});

test("what is asked for is printed", async (t) => {
  await using tracker = await startCountingTracker();
  await using controlled = await Controlled.open([tracker.url]);
  await controlled.call("-a FILE");
  for (const { words, shows } of prints) t.regex(await controlled.call(words), shows, words);
});

test("options on the list of what is lacking are refused with a sentence, and change nothing", async (t) => {
  await using controlled = await Controlled.open();
  await controlled.call("-a FILE");
  const before = [await controlled.call(si), await controlled.call("-t 1 -if")];
  for (const { words } of lacks) {
    const { status, text } = await controlled.run(words);
    t.is(status, 1, words);
    t.regex(text, /^Error: .*(?:cannot|Couldn't|hold for all)/, words);
  }
  t.deepEqual([await controlled.call(si), await controlled.call("-t 1 -if")], before);
});

test("--exit needs the right of this machine's user", async (t) => {
  await using controlled = await Controlled.open();
  const { status, text } = await controlled.run("--exit");
  t.is(status, 1);
  t.regex(text, /local/);
  t.regex(await controlled.call("-l"), /Sum:/);
});

test("--add, --torrent, --stop, --start and --verify: a torrent is added, rests, runs and is checked", async (t) => {
  await using controlled = await Controlled.open();
  t.regex(await controlled.call("--add FILE --download-dir DATA"), /success/);
  t.regex(await controlled.call("--list"), /^ +1 +0% .* payload$/m);
  await controlled.call("--torrent 1 --stop");
  t.regex(await controlled.call(ti), /State: Stopped/);
  controlled.placeData();
  await controlled.call("--torrent 1 --start");
  await controlled.until(ti, /Percent Done: 100%/);
  writeFileSync(join(controlled.data, "payload/b.bin"), Buffer.alloc(20_000));
  await controlled.call("--torrent 1 --verify");
  await controlled.until("-t 1 -f", /1: +(?:\d|[1-8]\d)% .*b\.bin/);
});

test("--torrent names all torrents, those that were active, some, or a hash", async (t) => {
  await using controlled = await Controlled.open();
  await controlled.call("--add FILE");
  await controlled.call(`--add magnet:?xt=urn:btih:${"ab".repeat(20)}&dn=other`);
  t.regex(await controlled.call("--torrent all --info"), /Name: payload[^]*Name: other/);
  t.regex(await controlled.call("--torrent active --info"), /Name: payload[^]*Name: other/);
  t.regex(await controlled.call("--torrent 1-2 --info"), /Name: payload[^]*Name: other/);
  t.notRegex(await controlled.call(`--torrent ${"ab".repeat(20)} --info`), /Name: payload/);
});

test("--move moves the data, --remove leaves it, and --remove-and-delete deletes it", async (t) => {
  await using controlled = await Controlled.open();
  controlled.placeData();
  await controlled.call("-a FILE");
  await controlled.until(ti, /Percent Done: 100%/);
  await controlled.call("-t 1 --move DATA/moved");
  await controlled.until(ti, /Location: .*\/data\/moved$/m);
  const moved = join(controlled.data, "moved/payload/a.bin");
  t.true(existsSync(moved));
  await controlled.call("-t 1 --remove");
  t.notRegex(await controlled.call("-l"), /payload/);
  t.true(existsSync(moved));
  await controlled.call("-a FILE -w DATA/moved");
  await controlled.until("-t 2 -i", /Percent Done: 100%/);
  await controlled.call("-t 2 --remove-and-delete");
  t.notRegex(await controlled.call("-l"), /payload/);
  t.false(existsSync(moved));
});

test("--reannounce announces at once; --peer-info and --info-peers show a peer that sends", async (t) => {
  await using stack = new AsyncDisposableStack();
  const seeder = stack.use(await startEngine({ host: "inline", port: 0, bind: ["127.0.0.1"] }));
  const tracker = stack.use(await startCountingTracker([{ host: "127.0.0.1", port: seeder.port }]));
  const controlled = stack.use(await Controlled.open([tracker.url]));
  const seed = await seeder.add(controlled.file, {
    directory: controlled.source,
    useTrackers: false,
  });
  await seed.completed;
  await controlled.call("--downlimit 1");
  await controlled.call("-a FILE");
  await controlled.until("-t 1 --peer-info", /^127\.0\.0\.1 .*Troupe/m);
  t.regex(await controlled.call("-t 1 --info-peers"), /^Address.*\n127\.0\.0\.1 .*Troupe/m);
  const before = tracker.announces();
  while (tracker.announces() === before) await controlled.call("-t 1 --reannounce");
  t.true(tracker.announces() > before);
});

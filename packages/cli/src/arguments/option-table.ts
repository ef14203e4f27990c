import { dhtRows } from "./dht-options.ts";
import { loadTestRows } from "./load-test-options.ts";

const names = [
  "download",
  "seed",
  "check",
  "info",
  "demo",
  "dht",
  "load-test",
  "completion",
  "help",
] as const;

/** The commands of the program. */
export type CommandName = (typeof names)[number];

/** Every command, in the order of the help. */
export const commandNames: readonly CommandName[] = names;

/** An option of the command line. */
export interface OptionRow {
  /** Names the argument; undefined for a switch. */
  readonly value?: string;
  /** The letter of its short form, `d` for `-d`. */
  readonly short?: string;
  readonly repeatable?: true;
  readonly commands: readonly CommandName[];
  readonly meaning: string;
  /** For tests. */
  readonly isHidden?: true;
}

const transferCommands: readonly CommandName[] = ["download", "seed"];
const swarmCommands: readonly CommandName[] = ["download", "seed", "info"];
const engineCommands: readonly CommandName[] = ["download", "seed", "check", "demo"];
const nodeCommands: readonly CommandName[] = ["download", "seed", "info", "dht"];
const loggingCommands: readonly CommandName[] = [
  "download",
  "seed",
  "check",
  "info",
  "demo",
  "dht",
];
const allCommands: readonly CommandName[] = [...loggingCommands, "load-test"];

const rows = {
  dir: {
    value: "D",
    short: "d",
    commands: ["download", "seed", "check", "load-test"],
    meaning: "where the data goes, or is (current folder)",
  },
  "input-file": {
    value: "F",
    short: "i",
    repeatable: true,
    commands: transferCommands,
    meaning: "SOURCEs in F, one a line; a line that begins with # is a remark; - is stdin",
  },
  "state-dir": {
    value: "D",
    commands: ["download", "seed", "check", "info", "dht"],
    meaning:
      "folder of the saved progress, of .torrent copies and of DHT nodes (the platform's state folder, troupe/)",
  },
  verify: {
    value: "HOW",
    commands: transferCommands,
    meaning:
      "how much of the recorded pieces is hashed: full, all; sample, a few pieces after an interrupted run; none (sample)",
  },
  port: {
    value: "LIST",
    short: "p",
    commands: nodeCommands,
    meaning:
      "ports tried in order: 6881, 6881-6889, 6881,7000,0; 0 lets the system pick (6881-6889,0)",
  },
  bind: {
    value: "ADDR",
    repeatable: true,
    commands: nodeCommands,
    meaning: "local address to listen on, repeatable (all, IPv4 and IPv6)",
  },
  peer: {
    value: "HOST:PORT",
    repeatable: true,
    commands: swarmCommands,
    meaning: "a peer to dial, repeatable; [address]:port for IPv6",
  },
  tracker: {
    value: "URL",
    repeatable: true,
    commands: swarmCommands,
    meaning: "one more tracker, repeatable",
  },
  "web-seed": {
    value: "URL",
    repeatable: true,
    commands: ["download"],
    meaning:
      "a web server with the files, repeatable: their folder with a / at the end, or the file",
  },
  announce: {
    value: "HOW",
    commands: swarmCommands,
    meaning:
      "which trackers are announced to: parallel, one of each tier; strict, one in all, in order; all (parallel)",
  },
  "no-trackers": { commands: swarmCommands, meaning: "use no tracker" },
  "dht-node": {
    value: "HOST:PORT",
    repeatable: true,
    commands: nodeCommands,
    meaning: "a node of the DHT to begin with, repeatable; [address]:port for IPv6",
  },
  "no-dht": { commands: swarmCommands, meaning: "do not use the DHT" },
  ...dhtRows,
  "no-pex": { commands: swarmCommands, meaning: "do not exchange addresses with peers" },
  "no-lsd": { commands: swarmCommands, meaning: "do not look for peers on the local network" },
  "ip-filter": {
    value: "F",
    commands: nodeCommands,
    meaning:
      "refuse the addresses in F: p2p, P2B, ipfilter.dat, or addresses, ranges and CIDR prefixes, also with gzip (none)",
  },
  "no-port-mapping": {
    commands: swarmCommands,
    meaning: "do not ask the router to map the port",
  },
  "upload-slots": {
    value: "N",
    commands: transferCommands,
    meaning:
      "peers that get data at a time: rate, 20 and more at good rates; all; or a number (rate)",
  },
  "no-upload": { commands: ["download"], meaning: "give no data to peers" },
  "max-peers": { value: "N", commands: transferCommands, meaning: "connections per torrent (200)" },
  "max-downloads": {
    value: "N",
    commands: ["download"],
    meaning:
      "torrents that download at once, in the order of the SOURCEs; slow ones do not count (all)",
  },
  "max-seeds": {
    value: "N",
    commands: transferCommands,
    meaning: "torrents that seed at once; slow ones do not count (all)",
  },
  "max-checks": {
    value: "N",
    commands: transferCommands,
    meaning: "torrents whose found files are hashed at once on a disk (256)",
  },
  down: {
    value: "RATE",
    commands: transferCommands,
    meaning: "most payload from all peers; 0 is no limit (0)",
  },
  up: {
    value: "RATE",
    commands: transferCommands,
    meaning: "most payload to all peers; 0 is no limit (0)",
  },
  schedule: {
    value: "TIMES=DOWN/UP",
    repeatable: true,
    commands: transferCommands,
    meaning:
      "other limits for a part of the day: 08:00-18:00=500k/100k, mon-fri@22:00-06:00=0/2M; repeatable, the first that fits holds",
  },
  memory: {
    value: "SIZE",
    commands: engineCommands,
    meaning: "budget of payload memory (64M)",
  },
  "peer-workers": {
    value: "N",
    commands: engineCommands,
    meaning: "threads that talk to peers (by cores)",
  },
  "hash-threads": {
    value: "N",
    commands: engineCommands,
    meaning: "threads that hash, at most (by cores)",
  },
  chaos: {
    value: "LIST",
    commands: engineCommands,
    meaning: "end and hang threads on purpose: kill:peer-worker:1/s,hang:hash:0.1/s,seed:7",
    isHidden: true,
  },
  size: {
    value: "SIZE",
    commands: ["demo", "load-test"],
    meaning: "how much data to generate (256M; load-test: 64M)",
  },
  select: {
    value: "LIST",
    short: "s",
    commands: ["download", "seed", "check"],
    meaning: "only these files: numbers as in troupe info, or globs: 1,3-5,*.txt (all)",
  },
  priority: {
    value: "GLOB=N",
    repeatable: true,
    commands: ["download"],
    meaning: "files with a higher N are fetched first, 0 never, repeatable (1)",
  },
  sequential: { commands: ["download"], meaning: "fetch the pieces in order" },
  "portable-names": {
    commands: transferCommands,
    meaning: "give files names that Windows takes, too (only there)",
  },
  seed: { commands: ["download"], meaning: "stay and seed after completion" },
  ratio: {
    value: "R",
    commands: transferCommands,
    meaning: "seed until the ratio of all runs is R: 1.5 (seed until stopped)",
  },
  "seed-time": {
    value: "DUR",
    commands: transferCommands,
    meaning: "seed until all runs together have seeded for DUR",
  },
  "seed-until": {
    value: "WHICH",
    commands: transferCommands,
    meaning: "with --ratio and --seed-time: until any of them is reached, or all (any)",
  },
  "super-seed": {
    commands: transferCommands,
    meaning: "seed, and show each peer a few pieces until others have them; ends with another seed",
  },
  picker: {
    value: "M",
    commands: ["download"],
    meaning:
      "a module that chooses the pieces to fetch: ./file.mjs, a file: URL or a package (rarest first)",
  },
  choker: {
    value: "M",
    commands: transferCommands,
    meaning: "a module that ranks the peers that get data",
  },
  extension: {
    value: "M",
    repeatable: true,
    commands: transferCommands,
    meaning: "a module that exchanges messages of its own with peers, repeatable",
  },
  "give-up": {
    value: "DUR",
    commands: transferCommands,
    meaning:
      "end with exit 1 when nothing but a folder, space or a link is waited for that long (never)",
  },
  save: {
    value: "F",
    commands: ["info", "load-test"],
    meaning: "write the .torrent into a new file F",
  },
  json: {
    commands: allCommands,
    meaning: "one JSON object a line on stdout instead of the display (docs/json.md)",
  },
  "json-events": {
    value: "LIST",
    commands: loggingCommands,
    meaning: "--json with these events, error and end alone: progress,complete",
  },
  quiet: { short: "q", commands: [...engineCommands, "load-test"], meaning: "print errors only" },
  "log-level": {
    value: "L",
    commands: loggingCommands,
    meaning: "show the log on stderr: error, warn, info or debug (off; info with --log-file)",
  },
  "log-file": {
    value: "F",
    commands: loggingCommands,
    meaning: "append the log to F, as JSON lines, instead",
  },
  ...loadTestRows,
  help: { short: "h", commands: allCommands, meaning: "what a call does, with examples" },
  version: { commands: [], meaning: "the version" },
} satisfies Record<string, OptionRow>;

/** Option names without dashes. */
export type OptionName = keyof typeof rows;

/** In the order of the help. */
export const optionTable: Readonly<Record<OptionName, OptionRow>> = rows;

/** The row of the option with this name, or undefined. */
export function findOption(name: string): OptionRow | undefined {
  return Object.hasOwn(optionTable, name) ? optionTable[name as OptionName] : undefined;
}

/** Options in the help, in its order. */
export function shownOptions(): string[] {
  return Object.keys(optionTable).filter((name) => findOption(name)?.isHidden !== true);
}

/** Options of a command in the help, in its order. */
export function optionsOf(command: string): string[] {
  return shownOptions().filter((name) => findOption(name)?.commands.some((one) => one === command));
}

/** `--dir D`, as the error sentences write it. */
export function spellOption(name: string): string {
  const value = findOption(name)?.value;
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

/** `-d, --dir D`, as the help writes it. */
export function spellWithShort(name: string): string {
  const short = findOption(name)?.short;
  return short === undefined ? spellOption(name) : `-${short}, ${spellOption(name)}`;
}

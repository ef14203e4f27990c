// What `troupe help` says. The options come from the option table, so that no text can fall behind.

import { findOption, optionTable, spellOption } from "./arguments/option-table.ts";
import type { CallName } from "./arguments/option-table.ts";

interface Topic {
  readonly usage: string;
  readonly does: string;
  readonly about: readonly string[];
  readonly examples: readonly string[];
}

const exits =
  "Exit: 0 done, 1 failed, 2 wrong usage, 3 not whole (check), 70 internal failure, 75 this job is already running, 130 stopped by a signal. The first Ctrl-C stops in order, the second at once.";

const noDiscovery =
  "This release finds peers through trackers and --peer only: --no-dht, --no-pex, --no-lsd and --no-port-mapping are accepted, and nothing of the kind is ever used.";

const onceInAFolder =
  "A torrent runs once in a folder: a second command for both ends with 75, commands for others run beside it. This is kept on Linux; elsewhere it is up to you.";

const topics: Readonly<Record<CallName, Topic>> = {
  download: {
    usage: "troupe [download] SOURCE… [options]",
    does: "downloads, then exits",
    about: [
      "SOURCE is the path or the http(s) address of a .torrent file, or the info-hash of one that was given before. Files that are there already are checked first and never cut; run the same command again to go on after an interruption.",
      onceInAFolder,
      noDiscovery,
    ],
    examples: [
      "troupe debian.iso.torrent",
      "troupe https://example.org/debian.iso.torrent --dir ~/iso --seed",
      "troupe a.torrent b.torrent --port 0 --peer 192.0.2.7:6881",
      "troupe a.torrent --select 1,3-5,*.srt --priority *.srt=10",
      "troupe a.torrent --json | jq 'select(.event == \"progress\")'",
    ],
  },
  seed: {
    usage: "troupe seed TORRENT… --dir D [options]",
    does: "checks what is in D and seeds it until stopped",
    about: [
      "Writes nothing: data that are not whole are an error (exit 1) that says how much is missing.",
      onceInAFolder,
      noDiscovery,
    ],
    examples: [
      "troupe seed debian.iso.torrent --dir ~/iso",
      "troupe seed a.torrent b.torrent --dir . --port 6881 --quiet",
    ],
  },
  check: {
    usage: "troupe check TORRENT --dir D [options]",
    does: "hash-checks what is in D; exit 0 whole, 3 not whole",
    about: ["Changes nothing and contacts nobody. Says which files fail, and in how many pieces."],
    examples: [
      "troupe check debian.iso.torrent --dir ~/iso",
      "troupe check a.torrent --dir . --json",
    ],
  },
  info: {
    usage: "troupe info SOURCE [--json]",
    does: "shows what is in a .torrent",
    about: ["Files, pieces, trackers, hash and flags; --json names every file."],
    examples: ["troupe info debian.iso.torrent", "troupe info a.torrent --json | jq .files"],
  },
  demo: {
    usage: "troupe demo [--size SIZE] [options]",
    does: "runs a whole swarm in this process, without a network",
    about: [
      "A tracker, a seeder and two leechers on loopback share generated data in a temporary folder, which is removed at the end.",
    ],
    examples: ["troupe demo", "troupe demo --size 1G"],
  },
  help: {
    usage: "troupe help [call]",
    does: "explains a call, with examples",
    about: [],
    examples: ["troupe help seed"],
  },
};

/** Columns of the text: what fits on every terminal. */
const textColumns = 80;

/** The lines of `troupe help`, or of `troupe help TOPIC`. Ends without a line end. */
export function helpText(topic: CallName | undefined): string {
  return (topic === undefined ? overview() : topicLines(topic)).join("\n");
}

function overview(): string[] {
  const calls = Object.values(topics).map(({ usage, does }) => `  ${usage}\n      ${does}`);
  return [
    "troupe: a BitTorrent engine in which every concern is a supervised actor.",
    "",
    ...calls,
    "  troupe --version",
    "",
    "`troupe help CALL` lists the options of a call, with examples.",
    "",
    ...wrap(exits, textColumns),
  ];
}

function topicLines(name: CallName): string[] {
  const { usage, does, about, examples } = topics[name];
  const options = Object.keys(optionTable)
    .filter((option) => findOption(option)?.calls.includes(name) === true)
    .map(optionLines);
  return [
    usage,
    `  ${does}`,
    ...about.flatMap((text) => ["", ...wrap(text, textColumns)]),
    ...(options.length > 0 ? ["", "Options:", ...options.flat()] : []),
    "",
    "Examples:",
    ...examples.map((example) => `  ${example}`),
    "",
    ...wrap(exits, textColumns),
  ];
}

function optionLines(name: string): string[] {
  const indent = 22;
  const spelled = `  ${spellOption(name)}`;
  const [first = "", ...others] = wrap(findOption(name)?.meaning ?? "", textColumns - indent);
  const pad = " ".repeat(indent);
  if (spelled.length > indent - 2)
    return [spelled, ...[first, ...others].map((line) => pad + line)];
  return [spelled.padEnd(indent) + first, ...others.map((line) => pad + line)];
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

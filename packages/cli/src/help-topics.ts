// What `troupe help` knows of each command, as data.

import type { CommandName } from "./arguments/option-table.ts";
import { flagMeanings } from "./display/details.ts";
import { pieceSigns } from "./display/piece-lines.ts";

/** What can be asked about. */
export type HelpTopic = CommandName | "display";

/** What is said of one command, or of another thing that can be asked about. */
export interface Topic {
  readonly usage: string;
  readonly does: string;
  readonly about: readonly string[];
  readonly examples: readonly string[];
}

/** Stands below every topic. */
export const exits: string =
  "Exit: 0 done, 1 failed, 2 wrong usage, 3 not whole (check), 70 internal failure, 75 this job is already running, 130 stopped by a signal, 137 a disk call does not return: what is not saved is named. The first Ctrl-C stops in order, the second at once.";

const noDiscovery =
  "This release finds peers through trackers and --peer only: --no-dht, --no-pex, --no-lsd and --no-port-mapping are accepted, and nothing of the kind is ever used.";

const onceInAFolder =
  "A torrent runs once in a folder: a second command for both ends with 75, commands for others run beside it. This is kept on Linux; elsewhere it is up to you.";

/** In the order of the overview. */
export const topics: Readonly<Record<HelpTopic, Topic>> = {
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
      "A tracker, a seeder and three leechers on loopback share generated data in a temporary folder, which is removed at the end.",
    ],
    examples: ["troupe demo", "troupe demo --size 1G"],
  },
  completion: {
    usage: "troupe completion bash|zsh|fish",
    does: "prints a script with which the shell completes calls, options and files",
    about: [
      "bash: source <(troupe completion bash), in ~/.bashrc to keep it.",
      "zsh: source <(troupe completion zsh), in ~/.zshrc after compinit.",
      "fish: troupe completion fish > ~/.config/fish/completions/troupe.fish",
    ],
    examples: ["troupe completion bash", "troupe completion fish"],
  },
  help: {
    usage: "troupe help [call|display]",
    does: "explains a call, with examples, or the signs of the live display",
    about: [],
    examples: ["troupe help seed", "troupe help display"],
  },
  display: {
    usage: "troupe help display",
    does: "the signs of the live display",
    about: [
      "A terminal gets the live display; a pipe, a file or TERM=dumb gets a line every few seconds. NO_COLOR is honoured, and without a UTF-8 locale the signs are the ASCII ones. What does not fit is left out, the least telling first.",
      "The line of pieces, from the first to the last; a cell stands for one piece or for neighbours:",
      ...pieceSigns(),
      "The flags of a peer, as Transmission writes them: a capital letter happens, a small one waits for the other side.",
      ...flagMeanings,
      "has: how much of the torrent the peer has. asked: blocks asked of it and not come yet. trip: from a question to its answer.",
      "A sentence below the pieces says why a download is not faster; it is left out above 10 MiB/s.",
    ],
    examples: ["troupe demo"],
  },
};

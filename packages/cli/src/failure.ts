// Code, sentence, advice and exit code of errors.

import { systemSentence } from "@troupe/actor-runtime/system-sentence";
import { cleanText } from "@troupe/protocol/text";
import type { UsageError } from "./arguments/usage-error.ts";

/** The exit codes of the command; their meanings never change. */
export const ExitCode = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  incomplete: 3,
  budgetBroken: 4,
  internalFailure: 70,
  alreadyRunning: 75,
  stopped: 130,
} as const;

/** An exit code. */
export type ExitCodeValue = (typeof ExitCode)[keyof typeof ExitCode];

/** A failure of the command itself, with its own code. */
export class CommandError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CommandError";
    this.code = code;
  }
}

/** A failure, ready to print. */
export interface Failure {
  readonly code: string;
  /** A clean sentence without a full stop. */
  readonly sentence: string;
  /** Undefined if the sentence is enough. */
  readonly advice: string | undefined;
  readonly exitCode: ExitCodeValue;
  /** For bug reports only. */
  readonly stack: string | undefined;
}

const freePort = "Give other ports with --port, for example --port 0.";
const makeRoom = "Free disk space there and run the same command again: it resumes.";
const moreDescriptors = "Raise the limit first, for example with `ulimit -n 1024`.";
const copyLink = "Copy the whole link, and put it in quotes: a shell cuts it at its first &.";
const serviceToken =
  "Name a token by TROUPE_TOKEN or --token-file F. On the machine of the service, `troupe token create NAME` makes one.";
const checkPath = "Check the path.";
const checkRights = "Check the permissions there.";

const adviceByCode: Readonly<Record<string, string>> = {
  "address-not-available":
    "Give --bind an address of this machine; with --interface, one of that interface.",
  "already-running": "Another troupe works on this torrent in this folder: stop it, or give --dir.",
  "dht-item-not-found":
    "Items are kept for two hours: its owner has to put it again. Check the target or the key, and --salt.",
  "dht-item-not-stored":
    "If it has a key, `troupe dht get --json` shows its version: --cas takes that number, --sequence a higher one.",
  "dht-no-nodes": "Check the network and the firewall, or name a node: --dht-node HOST:PORT.",
  "dht-state-unreadable": "Move that file away, or give another --state-dir.",
  "dht-state-not-saved": "Give a --state-dir that can be written.",
  "disk-full": makeRoom,
  "disk-not-answering": "Check the disk or the network share, then run the same command again.",
  "engine-lost": "Run the same command again with --log-level debug, and report what it says.",
  "file-changed": "Let no other program write there, then run the same command again.",
  "file-linked": "Copy the file, or remove its other name: troupe resumes by itself.",
  "folder-unreadable": checkPath,
  "link-needed":
    "--link hard keeps the data once on one volume, --link symlink across volumes; --link copy takes the space again.",
  "linked-file-wrong":
    "Replace the link by a copy of the file, or remove it: then troupe fetches what is wrong.",
  "links-unreadable":
    "Move that file away only if no file of the torrent is a link: troupe may write to every file then.",
  "file-too-long": "Move that file away or give another --dir: troupe never cuts a file it found.",
  "file-unreadable": checkRights,
  "folder-gone": "Change to an existing folder.",
  incomplete: "`troupe check` shows which files; `troupe download` fetches what is missing.",
  "info-hash-malformed": copyLink,
  "ip-filter-malformed":
    "Give --ip-filter a list of addresses in a format of `troupe help download`.",
  "ip-filter-unreadable": checkPath,
  "log-file-not-writable": "Give --log-file a path that can be written.",
  "magnet-malformed": copyLink,
  "metrics-port-in-use": "Give another port: --prometheus 0 takes any free one, and names it.",
  "metadata-unknown":
    "`troupe info LINK --save F` writes the .torrent file of a magnet link into F.",
  "not-a-file": "Move that folder or special file away, or give another --dir.",
  "module-not-found":
    "The path of a module begins with ./, ../ or /. Install a package in this folder.",
  "name-not-found": "Check the name and the network.",
  "login-needed": serviceToken,
  "no-answer": "Check the address and the firewall: nodes of the DHT use UDP.",
  "no-torrent": "`troupe list` shows the torrents with their numbers.",
  "no-socket": "Give --bind an address of that family, or none.",
  "option-out-of-range": "See `troupe help` and the name of the call for what is allowed.",
  "output-lost": "Free disk space for the output, or send it elsewhere.",
  "path-outside-root": "A link leads out of the folder: remove it or give another --dir.",
  "import-malformed": "Start the other client once and stop it, so that it writes its files again.",
  "import-not-found":
    "Give the configuration folder of Transmission, the session of rtorrent, BT_backup of qBittorrent or the folder state of Deluge.",
  "import-running": "Stop the other client, then run the same command again.",
  "port-in-use": freePort,
  "port-not-allowed": "Give --port a port of 1024 or more, for example --port 6881.",
  "scenario-unreadable":
    "`troupe load-test --list` names the scenarios that come along, `--schema` describes the file.",
  "settings-malformed":
    "`troupe settings` prints the keys, `troupe settings --schema` describes the file.",
  "settings-unreadable": checkPath,
  "sources-unreadable": "Give the path of a file with a SOURCE a line, or - for stdin.",
  "state-file-malformed": "Export the state again, and copy the whole file.",
  "state-not-empty": "Give --state-dir a new folder, or move the state that is there away.",
  "source-not-supported":
    "Give the path or the http(s) address of a .torrent file, or a magnet link.",
  "too-few-descriptors": moreDescriptors,
  "service-unreachable": "Check the address and the network, and whether the service runs.",
  "token-unknown": serviceToken,
  "torrent-ambiguous": "Give the number, or more digits of the hash.",
  "torrent-not-edited": "Check the permissions of its folder, and the free space there.",
  "torrent-not-fetched": "Check the address and the network.",
  "torrent-not-found": checkPath,
  "torrent-not-saved":
    "Give --save, or --output of `troupe create`, the path of a new file in a folder that can be written.",
  "torrent-too-large": "Check that it is a .torrent file.",
  "torrent-unreadable": "Check the path and its permissions.",
  "torrent-version-unknown": "Look for a version 1 or version 2 .torrent of the same data.",
  EACCES: checkRights,
  EADDRINUSE: freePort,
  EMFILE: moreDescriptors,
  EIO: "The disk reports an error: check it.",
  EISDIR: checkPath,
  ENOENT: checkPath,
  ENOSPC: makeRoom,
  ENOTDIR: "Move the file at the folder's path away, or give another --dir.",
  EPERM: checkRights,
  EROFS: "Give a --dir that can be written.",
};

const longestSentence = 600;

/** Without a code an error is a bug: `internal`, exit 70. */
export function failureOf(error: unknown): Failure {
  if (isUsageError(error)) {
    return {
      code: error.code,
      sentence: cleanText(error.message, longestSentence),
      advice: `See \`troupe help${error.command === undefined ? "" : ` ${error.command}`}\`.`,
      exitCode: ExitCode.wrongUsage,
      stack: undefined,
    };
  }
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (code === undefined || code === "internal" || message.startsWith("bug:")) {
    return internalFailure(error, message);
  }
  return {
    code,
    sentence: cleanText(sentenceOf(error, message), longestSentence),
    advice: adviceFor(code),
    exitCode: exitCodeFor(code),
    stack: undefined,
  };
}

/** Tells a wrong command line by its code: a part of the joined program has a class of its own. */
function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && codeOf(error) === "wrong-usage";
}

/** An error of Node itself has code, call and path in its message. */
function sentenceOf(error: unknown, message: string): string {
  const { path, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return message;
  const place = path === undefined ? "" : ` "${path}"`;
  const task = syscall === "mkdir" ? "make the folder" : "use";
  return `cannot ${task}${place}: ${systemSentence(error)}`;
}

/**
 * For stderr: `troupe: <subject>: <sentence> [code]`, then the advice.
 *
 * @param subject Left out when the sentence names it.
 */
export function describeFailure(failure: Failure, subject?: string): string {
  const name = subject === undefined ? "" : cleanText(subject, 120);
  const about = failure.sentence.includes(name) ? "" : `${name}: `;
  const lines = [`troupe: ${about}${failure.sentence} [${failure.code}]`];
  if (failure.advice !== undefined) lines.push(`  ${failure.advice}`);
  if (failure.stack !== undefined) lines.push(failure.stack);
  return lines.join("\n");
}

/** An internal failure, wrong usage, a job that already runs, any other: in this order. */
export function gravestExitCode(codes: readonly ExitCodeValue[]): ExitCodeValue {
  const order = [
    ExitCode.internalFailure,
    ExitCode.wrongUsage,
    ExitCode.alreadyRunning,
    ExitCode.failed,
    ExitCode.stopped,
    ExitCode.incomplete,
    ExitCode.budgetBroken,
  ];
  return order.find((code) => codes.includes(code)) ?? ExitCode.done;
}

/** A file of scenarios or settings that cannot be read is as wrong as a command line. */
const wrongInput: ReadonlySet<string> = new Set([
  "budget-malformed",
  "scenario-malformed",
  "scenario-unreadable",
  "settings-malformed",
  "settings-unreadable",
]);

function exitCodeFor(code: string): ExitCodeValue {
  if (code === "already-running" || code === "service-running") return ExitCode.alreadyRunning;
  if (code === "engine-lost") return ExitCode.internalFailure;
  return wrongInput.has(code) ? ExitCode.wrongUsage : ExitCode.failed;
}

function adviceFor(code: string): string | undefined {
  const isBrokenTorrent = code.startsWith("bencode-") || code.startsWith("field-");
  return isBrokenTorrent
    ? "Check that it is a .torrent file and not truncated."
    : adviceByCode[code];
}

function internalFailure(error: unknown, message: string): Failure {
  return {
    code: "internal",
    sentence: cleanText(`internal failure: ${message}`, longestSentence),
    advice: "This is a bug of troupe. Please report it with the lines below.",
    exitCode: ExitCode.internalFailure,
    stack: error instanceof Error ? error.stack : undefined,
  };
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  const { code } = error;
  // Node's ERR_ codes show a bug of ours.
  return typeof code === "string" && !code.startsWith("ERR_") ? code : undefined;
}

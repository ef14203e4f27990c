// The clients of the comparison, and how each is started. Plain TCP, or uTP in the rows that say so; found by the tracker of the torrent alone, without
// rate limits. bench/README.md names the other settings that are not the client's defaults.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { versionOf } from "../../packages/load-tester/src/targets/find-program.ts";
import { programs } from "../../packages/load-tester/src/targets/programs/programs.ts";
import { quietWords } from "../../test/support/swarm/quiet.ts";

/** The clients that are compared, in the order of their turns. */
export const clientNames = ["ours", "libtorrent", "aria2", "qbittorrent", "rtorrent"] as const;

/** Troupe at an earlier commit, and the same commit once more: what two runs of one program differ by. */
export const commitNames = ["before", "again"] as const;

/** The name of a client. */
export type ClientName = (typeof clientNames)[number] | (typeof commitNames)[number];

/** The task of a client. */
export interface Job {
  readonly role: "leecher" | "seeder" | "checker";
  readonly torrents: readonly string[];
  /** The folder that the content is in, or goes to. */
  readonly dataFolder: string;
  /** An empty folder for settings and state. */
  readonly folder: string;
  readonly port: number;
  /** A free port for a client with an interface of its own. */
  readonly controlPort: number;
  /** Peers at once, of a seeder; undefined keeps the client's own limits. */
  readonly connections?: number;
  /** uTP alone: Troupe and libtorrent. Default false: TCP alone. */
  readonly isOverUtp?: boolean;
  /** Further options of Troupe, which no other client gets. */
  readonly options?: readonly string[];
  readonly compiledFolder: string;
  /** Troupe's command of the earlier commit, for the clients that run it. */
  readonly commandBefore?: readonly string[];
}

/** The start of a client. */
export interface Start {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** To be written first: path below the job's folder, and text. */
  readonly files: Readonly<Record<string, string>>;
  /** Whether it ends by itself when its job is done; others end at SIGTERM. */
  readonly endsItself: boolean;
}

const host = "127.0.0.1";
const troupe = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const libtorrentClient = fileURLToPath(new URL("libtorrent_client.py", import.meta.url));
const ownCommand = [process.execPath, troupe] as const;
/** Settings of libtorrent for uTP alone. */
export const libtorrentOverUtp = {
  ...{ enable_incoming_utp: true, enable_outgoing_utp: true },
  ...{ enable_incoming_tcp: false, enable_outgoing_tcp: false },
};
/** Connections of a role that names no number. */
const usualConnections = 200;

/** @returns `aria2 1.36.0`. @throws rejects when the client is not installed, naming its Debian package. */
export async function clientVersion(name: (typeof clientNames)[number]): Promise<string> {
  return await versionOf(name, name, programs[name], ownCommand);
}

/** @returns The start of a client for a job. */
export function startOf(name: ClientName, job: Job): Start {
  switch (name) {
    case "ours":
      return ours(job, ownCommand);
    case "before":
    case "again":
      if (job.commandBefore === undefined) throw new Error("bug: no earlier commit was built");
      return ours(job, job.commandBefore);
    case "libtorrent":
      return libtorrent(job);
    case "aria2":
      return aria2(job);
    case "qbittorrent":
      return planned(name, job);
    case "rtorrent":
      return rtorrent(job);
  }
}

function ours(job: Job, program: readonly string[]): Start {
  const call = { leecher: "download", seeder: "seed", checker: "check" }[job.role];
  const places = ["--dir", job.dataFolder, "--state-dir", join(job.folder, "state"), "--json"];
  const listening = ["--bind", host, "--port", String(job.port), ...quietWords];
  const { connections, isOverUtp = false, options = [] } = job;
  const limits =
    connections === undefined
      ? []
      : ["--max-peers", String(Math.max(200, connections)), "--upload-slots", "all"];
  const words =
    job.role === "checker"
      ? places
      : [
          ...places,
          ...listening,
          ...limits,
          ...(isOverUtp ? ["--transport", "utp"] : []),
          ...options,
        ];
  return {
    command: [...program, call, ...job.torrents, ...words],
    environment: { NODE_COMPILE_CACHE: job.compiledFolder },
    files: {},
    endsItself: job.role !== "seeder",
  };
}

function libtorrent(job: Job): Start {
  const role = { leecher: "leech", seeder: "seed", checker: "check" }[job.role];
  const { connections = usualConnections, isOverUtp = false } = job;
  const settings = {
    ...(isOverUtp ? libtorrentOverUtp : {}),
    listen_interfaces: `${host}:${job.port}`,
    // It refuses incoming connections beyond two thirds of the limit.
    connections_limit: Math.ceil((3 * connections) / 2),
    // It refuses peers beyond this too: 3,000 by default.
    max_peerlist_size: 2 * connections,
    listen_queue_size: Math.min(4_096, Math.max(128, connections)),
    // It dials 30 peers a second by default.
    connection_speed: 500,
    ...(job.connections === undefined ? {} : { unchoke_slots_limit: connections }),
  };
  const words = [role, JSON.stringify(settings), job.dataFolder, ...job.torrents];
  return {
    command: ["/usr/bin/python3", libtorrentClient, ...words],
    environment: {},
    files: {},
    endsItself: job.role !== "seeder",
  };
}

function aria2(job: Job): Start {
  const start = planned("aria2", job);
  if (job.role !== "checker") return start;
  const [program = "", ...words] = start.command;
  const check = ["--hash-check-only=true", "--seed-time=0"];
  return { ...start, command: [program, ...check, ...words], endsItself: true };
}

function rtorrent(job: Job): Start {
  const start = planned("rtorrent", job);
  // The load tester has it hash everything once more at the end; by default it does not.
  const files = Object.entries(start.files).map(([path, text]) => [
    path,
    text.replace(/^(pieces\.hash\.on_completion\.set) = yes$/m, "$1 = no"),
  ]);
  return { ...start, files: Object.fromEntries(files) as Start["files"] };
}

/** Clients start the way targets of the load tester do: all run until SIGTERM. */
function planned(name: "aria2" | "qbittorrent" | "rtorrent", job: Job): Start {
  const [torrentFile = ""] = job.torrents;
  const { dataFolder, folder, port, controlPort, connections = usualConnections } = job;
  const has = job.role === "leecher" ? ("nothing" as const) : ("whole" as const);
  const plan = programs[name].plan({
    ...{ host, port, controlPort, folder, connections, ownCommand, infoHashes: [] },
    hasUtp: false,
    job: { torrentFile, dataFolder, has },
  });
  const { command, files = {} } = plan;
  return { command, environment: {}, files, endsItself: false };
}

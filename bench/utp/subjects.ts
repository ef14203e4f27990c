// The programs whose transfers share the line, and the libtorrent at its other end.

import { fileURLToPath } from "node:url";
import type { NetworkClient } from "../../test/support/network.ts";
import { startProcess, type RunningProcess } from "../../test/support/programs/process.ts";
import { quietWords } from "../../test/support/swarm/quiet.ts";
import { libtorrentOverUtp } from "../compare/clients.ts";

const libtorrentClient = fileURLToPath(new URL("../compare/libtorrent_client.py", import.meta.url));
const troupe = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const port = 6_881;
const farPort = 6_882;

/** The programs that are compared. */
export const subjectNames = ["ours", "libtorrent", "libtorrent over TCP"] as const;
export type SubjectName = (typeof subjectNames)[number];

/** The way of the payload, as the near end sees it. */
export type Direction = "down" | "up";

/** A torrent, with a folder that has its content and one that has nothing. */
export interface Content {
  readonly torrent: string;
  readonly whole: string;
  readonly empty: string;
  /** The folder of our state. */
  readonly state: string;
}

/** Starts the two ends of a transfer. The seeder is first. */
export async function startTransfer(
  name: SubjectName,
  direction: Direction,
  { near, far }: { readonly near: NetworkClient; readonly far: NetworkClient },
  content: Content,
): Promise<readonly [RunningProcess, RunningProcess]> {
  const isUtp = name !== "libtorrent over TCP";
  const nearEnd =
    name === "ours"
      ? ours(direction, near, far, content)
      : libtorrent({ isNear: true, direction, isUtp }, near, far, content);
  const other = direction === "down" ? "up" : "down";
  const farEnd = libtorrent({ isNear: false, direction: other, isUtp }, far, near, content);
  const [first, second] = direction === "down" ? [farEnd, nearEnd] : [nearEnd, farEnd];
  const seeder = await startProcess(first);
  if (name === "ours" && direction === "up") await checkedBy(seeder);
  const leecher = await startProcess(second);
  return [seeder, leecher];
}

/** libtorrent dials the seeder once, and again a minute later. */
async function checkedBy(seeder: RunningProcess): Promise<void> {
  const complete = '"event":"complete"';
  await seeder.lineWhere("a seeder", (line) => line.includes(complete) || undefined);
}

function ours(
  direction: Direction,
  { within }: NetworkClient,
  { ip4 }: NetworkClient,
  { empty, state, torrent, whole }: Content,
): readonly string[] {
  const call = direction === "down" ? "download" : "seed";
  const folder = direction === "down" ? empty : whole;
  return [
    ...[...within, process.execPath, troupe, call, torrent, "--json", "--dir", folder],
    ...["--state-dir", state, "--port", String(port), "--transport", "utp", ...quietWords],
    ...(direction === "down" ? ["--peer", `${ip4}:${farPort}`] : []),
  ];
}

interface LibtorrentEnd {
  readonly isNear: boolean;
  readonly direction: Direction;
  readonly isUtp: boolean;
}

function libtorrent(
  { direction, isNear, isUtp }: LibtorrentEnd,
  { ip4, within }: NetworkClient,
  other: NetworkClient,
  { empty, torrent, whole }: Content,
): readonly string[] {
  const settings = {
    listen_interfaces: `${ip4}:${isNear ? port : farPort}`,
    ...(isUtp && libtorrentOverUtp),
  };
  const folder = direction === "down" ? empty : whole;
  const role = direction === "down" ? "leech" : "seed";
  const peer = [other.ip4, String(isNear ? farPort : port)];
  return [
    ...[...within, "/usr/bin/python3", libtorrentClient, role, JSON.stringify(settings), folder],
    ...[torrent, ...(direction === "down" ? ["--", ...peer] : [])],
  ];
}

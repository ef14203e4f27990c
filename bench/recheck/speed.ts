// How fast a check in a running engine is, beside OpenSSL's SHA-1 on all cores, a bare loop of reads and hashes, and
// libtorrent's check.

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Payload } from "../../test/support/files/payload.ts";
import { runProcess } from "../../test/support/programs/process.ts";
import { writeTorrentFile } from "../../test/support/files/torrent-file.ts";
import { holdInPageCache } from "../support/hold.ts";
import { prepareMachine } from "../support/machine.ts";
import { opensslBytesPerSecond } from "../support/openssl.ts";
import { median, spread, table } from "../support/statistics.ts";
import type { CheckReport } from "./check-run.ts";

/** The payload to check, and the number of checks. */
export interface Setting {
  readonly payload: Payload;
  readonly runs: number;
  /** For Node's cache of compiled code. */
  readonly compiledFolder: string;
}

/** One run of everything, in seconds. */
interface Round {
  /** OpenSSL's SHA-1 of as many bytes. */
  readonly openssl: number;
  /** Reads and hashes on all cores, without an engine. */
  readonly bare: number;
  readonly libtorrent: number;
  readonly hashcheck: number;
  readonly checkOnly: number;
}

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const checkRun = pathOf("check-run.ts");
const bareCheck = pathOf("bare-check.ts");
const libtorrentCheck = pathOf("libtorrent_check.py");

/** Takes turns, so that what changes on the machine meanwhile changes all. @returns A table. */
export async function measureSpeed(setting: Setting): Promise<string> {
  const { payload, runs } = setting;
  const torrentPath = writeTorrentFile(payload).path;
  const content = join(payload.folder, payload.name);
  await using _held = await holdInPageCache(content);
  // Fills the cache of compiled code, as any run before a user's second one does.
  await checkInEngine(setting, torrentPath);
  const rounds: Round[] = [];
  const busy: number[] = [];
  for (let run = 0; run < runs; run++) {
    busy.push(await prepareMachine(content));
    const openssl = payload.totalBytes / (await opensslBytesPerSecond());
    const bare = await checkBare(setting, content);
    const libtorrent = await checkByLibtorrent(setting, torrentPath);
    const { hashcheckSeconds, checkedSeconds } = await checkInEngine(setting, torrentPath);
    const ours = { hashcheck: hashcheckSeconds, checkOnly: checkedSeconds };
    rounds.push({ openssl, bare, libtorrent, ...ours });
  }
  return `${tableOf(rounds)}\nother work on the machine before the runs: ${spread(busy, 2)} of all cores`;
}

function tableOf(rounds: readonly Round[]): string {
  const row = (what: string, of: keyof Round): string[] => {
    const seconds = rounds.map((round) => round[of]);
    const against = (other: keyof Round): string =>
      (median(rounds.map((round) => round[other])) / median(seconds)).toFixed(2);
    return [what, spread(seconds, 3), against("openssl"), against("libtorrent")];
  };
  const cores = availableParallelism();
  return table([
    ["check", "seconds", "of OpenSSL's rate (bar 0.8)", "of libtorrent's rate (bar 2.4)"],
    row(`OpenSSL's SHA-1 alone, ${cores} processes`, "openssl"),
    row(`reads and hashes alone, ${cores} threads`, "bare"),
    row("libtorrent, force_recheck in a session", "libtorrent"),
    row("ours, hashcheck() in an engine", "hashcheck"),
    row("ours, checkOnly in an engine", "checkOnly"),
  ]);
}

/** @returns Seconds. */
async function checkByLibtorrent({ payload }: Setting, torrentPath: string): Promise<number> {
  const lines = await runProcess(
    ["/usr/bin/python3", libtorrentCheck, torrentPath, payload.folder],
    { debianPackage: "python3-libtorrent" },
  );
  return Number(lines.at(-1));
}

/** @returns Seconds. */
async function checkBare({ payload }: Setting, content: string): Promise<number> {
  const words = [process.execPath, bareCheck, content, String(payload.pieceLengthBytes)];
  return Number((await runProcess(words)).at(-1));
}

async function checkInEngine(
  { payload, compiledFolder }: Setting,
  torrentPath: string,
): Promise<CheckReport> {
  const lines = await runProcess([process.execPath, checkRun, torrentPath, payload.folder], {
    environment: { NODE_COMPILE_CACHE: compiledFolder },
  });
  return JSON.parse(lines.at(-1) ?? "") as CheckReport;
}

// How fast a check is, beside OpenSSL's SHA-1 on all cores and beside libtorrent's.

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Payload } from "../../test/support/files/payload.ts";
import { runProcess } from "../../test/support/programs/process.ts";
import { writeTorrentFile } from "../../test/support/files/torrent-file.ts";
import { prepareMachine } from "../support/machine.ts";
import { runMeasured } from "../support/measure.ts";
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
  readonly libtorrentAgain: number;
  readonly libtorrentProcess: number;
  readonly hashcheck: number;
  readonly checkOnly: number;
  readonly command: number;
}

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const checkRun = pathOf("check-run.ts");
const libtorrentCheck = pathOf("libtorrent_check.py");
const command = pathOf("../../packages/cli/bin/troupe.mjs");
const makeBundle = pathOf("../../scripts/make-bundle.ts");

/** Takes turns, so that what changes on the machine meanwhile changes all. @returns A table. */
export async function measureSpeed(setting: Setting): Promise<string> {
  const { payload, runs } = setting;
  const torrentPath = writeTorrentFile(payload).path;
  // As every `pnpm install` does.
  await runProcess([process.execPath, makeBundle]);
  // Fills the cache of compiled code, as any run before a user's second one does.
  await checkInEngine(setting, torrentPath);
  await checkByCommand(setting, torrentPath);
  const rounds: Round[] = [];
  const busy: number[] = [];
  for (let run = 0; run < runs; run++) {
    busy.push(await prepareMachine(join(payload.folder, payload.name)));
    const openssl = payload.totalBytes / (await opensslBytesPerSecond());
    const again = await checkByLibtorrent(setting, torrentPath, ["again"]);
    const { hashcheckSeconds, checkedSeconds } = await checkInEngine(setting, torrentPath);
    const once = await checkByLibtorrent(setting, torrentPath);
    rounds.push({
      openssl,
      libtorrentAgain: again.reported,
      libtorrentProcess: once.wall,
      hashcheck: hashcheckSeconds,
      checkOnly: checkedSeconds,
      command: await checkByCommand(setting, torrentPath),
    });
  }
  return `${tableOf(rounds)}\nother work on the machine before the runs: ${spread(busy, 2)} of all cores`;
}

function tableOf(rounds: readonly Round[]): string {
  const row = (what: string, of: keyof Round, libtorrent: keyof Round): string[] => {
    const seconds = rounds.map((round) => round[of]);
    const against = (other: keyof Round): string =>
      (median(rounds.map((round) => round[other])) / median(seconds)).toFixed(2);
    return [what, spread(seconds, 3), against("openssl"), against(libtorrent)];
  };
  const cores = availableParallelism();
  return table([
    ["check", "seconds", "of OpenSSL's rate (bar 0.8)", "of libtorrent's rate (bar 2.4)"],
    row(`OpenSSL's SHA-1 alone, ${cores} processes`, "openssl", "libtorrentAgain"),
    row("libtorrent, force_recheck in a session", "libtorrentAgain", "libtorrentAgain"),
    row("ours, hashcheck() in an engine", "hashcheck", "libtorrentAgain"),
    row("ours, checkOnly in an engine", "checkOnly", "libtorrentAgain"),
    row("libtorrent, a whole process", "libtorrentProcess", "libtorrentProcess"),
    row("ours, `troupe check` as a whole", "command", "libtorrentProcess"),
  ]);
}

async function opensslBytesPerSecond(): Promise<number> {
  const cores = String(availableParallelism());
  const words = ["speed", "-seconds", "2", "-bytes", "262144", "-multi", cores, "-evp", "sha1"];
  const lines = await runProcess(["openssl", ...words], { debianPackage: "openssl" });
  for (const line of lines) {
    const [, thousands] = /^sha1\s+([\d.]+)k/.exec(line) ?? [];
    if (thousands !== undefined) return Number(thousands) * 1_000;
  }
  throw new Error(`openssl speed told no rate: ${lines.join("\n")}`);
}

async function checkByLibtorrent(
  { payload }: Setting,
  torrentPath: string,
  words: readonly string[] = [],
): Promise<{ readonly reported: number; readonly wall: number }> {
  const { cost, lines } = await runMeasured(
    ["/usr/bin/python3", libtorrentCheck, torrentPath, payload.folder, ...words],
    { debianPackage: "python3-libtorrent" },
  );
  return { reported: Number(lines.at(-1)), wall: cost.wallSeconds };
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

async function checkByCommand(
  { payload, compiledFolder }: Setting,
  torrentPath: string,
): Promise<number> {
  const words = ["check", torrentPath, "--dir", payload.folder, "--json"];
  const { cost } = await runMeasured([process.execPath, command, ...words], {
    environment: { NODE_COMPILE_CACHE: compiledFolder },
  });
  return cost.wallSeconds;
}

// The cost of a check for a transfer of another torrent in the same engine.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Payload } from "../../test/support/files/payload.ts";
import { runProcess } from "../../test/support/programs/process.ts";
import { writeTorrentFile } from "../../test/support/files/torrent-file.ts";
import { holdInPageCache } from "../support/hold.ts";
import { prepareMachine } from "../support/machine.ts";
import { Seeder } from "../support/seeder.ts";
import { median, spread, table } from "../support/statistics.ts";
import type { BesideReport, BesideRun } from "./beside-run.ts";
import type { Setting } from "./speed.ts";

const besideRun = fileURLToPath(new URL("beside-run.ts", import.meta.url));

/** The download, and its folder. */
interface BesideSetting extends Setting {
  readonly other: Payload;
  readonly target: string;
}

/** @returns A table of the download's rates with and without a check. */
export async function measureBeside(setting: BesideSetting): Promise<string> {
  const { payload, other, target, runs, compiledFolder } = setting;
  const torrent = writeTorrentFile(payload);
  const otherTorrent = writeTorrentFile(other);
  const file = join(other.folder, other.name);
  const { pieceLengthBytes } = other;
  await using seeder = await Seeder.start({
    infoHash: otherTorrent.infoHash,
    file,
    pieceLengthBytes,
  });
  const content = join(payload.folder, payload.name);
  await using _held = await holdInPageCache(content);
  await prepareMachine(content);
  const words = [torrent.path, payload.folder, otherTorrent.path, target];
  const lines = await runProcess(
    [process.execPath, besideRun, ...words, String(seeder.port), String(runs)],
    { environment: { NODE_COMPILE_CACHE: compiledFolder } },
  );
  const report = JSON.parse(lines.at(-1) ?? "") as BesideReport;
  const rate = ({ seconds }: BesideRun): number => other.totalBytes / 1e6 / seconds;
  const checkRate = ({ seconds, checkedBytes }: BesideRun): number => checkedBytes / 1e6 / seconds;
  const alone = median(report.alone.map(rate));
  const row = (what: string, of: readonly BesideRun[]): string[] => [
    what,
    spread(of.map(rate), 0),
    (median(of.map(rate)) / alone).toFixed(2),
    spread(of.map(checkRate), 0),
  ];
  return table([
    ["download", "MB/s", "of that alone (bar 0.5)", "checked meanwhile, MB/s"],
    row("alone", report.alone),
    row("beside hashcheck() of another torrent", report.besideHashcheck),
    row("beside the check at another one's start", report.besideStart),
  ]);
}

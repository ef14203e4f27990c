// Downloads from seeders in C, beside bench/data-plane.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { countDownload } from "../../../test/support/counts/counted-download.ts";
import { equalFiles, joinedFile } from "../../../test/support/files/many-files.ts";
import { writePayload } from "../../../test/support/files/payload.ts";
import { temporaryFolder } from "../../../test/support/files/temporary-folder.ts";
import { writeTorrentFile } from "../../../test/support/files/torrent-file.ts";
import { transferLine } from "../../data-plane/transfer.ts";
import { Seeder } from "../../support/seeder.ts";
import { commandLine, compiledFolder, events, words } from "../command.ts";
import type { Amount, OpenRow, Row, Work } from "../row.ts";

const gibibyte = 1_073_741_824;

/** Sizes of a row's payload. */
interface DownloadPlan {
  readonly name: string;
  readonly pieceLengthBytes: number;
  /** Length of a file; absent for one file. */
  readonly fileBytes?: number;
  /** With an address each. Default: one. */
  readonly seeders?: number;
}

/** A row of downloads. */
export function downloadRow(plan: DownloadPlan): Row {
  const { name, pieceLengthBytes, fileBytes, seeders = 1 } = plan;
  const from = seeders === 1 ? "one seeder" : `${seeders} seeders`;
  const pieces = `pieces of ${pieceLengthBytes / 1_024} KiB`;
  const files = fileBytes === undefined ? "" : `, files of ${fileBytes / 1_024} KiB`;
  return {
    name,
    about: `a download from ${from} in C, ${pieces}${files}, from the start of the process to the event complete`,
    unit: "GiB",
    open: async (totalBytes) => await open(plan, totalBytes),
  };
}

async function open(plan: DownloadPlan, totalBytes: number): Promise<OpenRow> {
  const { pieceLengthBytes, fileBytes = totalBytes, seeders = 1 } = plan;
  const files = totalBytes / fileBytes;
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(temporaryFolder("troupe-profile")).path;
  const payload = writePayload({
    ...{ folder: join(folder, "source"), name: "payload", pieceLengthBytes },
    files: equalFiles(totalBytes, files),
  });
  const torrent = writeTorrentFile(payload);
  const source = joinedFile(payload, join(folder, "joined"));
  const { infoHash } = torrent;
  const served = { infoHash, file: source, pieceLengthBytes, seeders };
  const { hosts, port } = stack.use(await Seeder.start(served));
  const amount: Amount = { units: totalBytes / gibibyte, pieces: totalBytes / pieceLengthBytes };
  const dataFolder = join(folder, "target");
  const common = { environment: { NODE_COMPILE_CACHE: compiledFolder }, dataFolder };
  const fresh = (): void => {
    for (const name of ["target", "state"])
      rmSync(join(folder, name), { recursive: true, force: true });
  };
  const ours = (): Work => {
    fresh();
    const peers = hosts.flatMap((host) => ["--peer", `${host}:${port}`]);
    const line = commandLine([...words("download", [torrent.path], folder), ...peers, "--seed"]);
    const act: Work["act"] = async (running) => {
      await events(running, "complete");
      return amount;
    };
    return { ...common, line, act };
  };
  const floor = (): Work => {
    fresh();
    const transfer = { payload, infoHash, port, hashThreads: 1, folder, compiledFolder };
    const act: Work["act"] = async (running) => {
      await running.lineWhere("its report", (line) => line.startsWith("{") || undefined);
      return amount;
    };
    return { ...common, line: transferLine(transfer, true), act };
  };
  const held = stack.move();
  return {
    source,
    ours,
    // It writes one file, from one seeder.
    ...(files === 1 && seeders === 1 && { floor }),
    ...(seeders === 1 && {
      count: async (what) => ({
        threads: await countDownload({ totalBytes, pieceLengthBytes, files }, what),
        amount,
      }),
    }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

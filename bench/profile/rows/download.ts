// Downloads from the seeder in C, beside bench/data-plane.

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
}

/** A row of downloads. */
export function downloadRow(plan: DownloadPlan): Row {
  const { name, pieceLengthBytes, fileBytes } = plan;
  const pieces = `pieces of ${pieceLengthBytes / 1_024} KiB`;
  const files = fileBytes === undefined ? "" : `, files of ${fileBytes / 1_024} KiB`;
  return {
    name,
    about: `a download from one seeder in C, ${pieces}${files}, from the start of the process to the event complete`,
    unit: "GiB",
    open: async (totalBytes) => await open(plan, totalBytes),
  };
}

async function open(plan: DownloadPlan, totalBytes: number): Promise<OpenRow> {
  const { pieceLengthBytes, fileBytes = totalBytes } = plan;
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
  const seeder = stack.use(await Seeder.start({ infoHash, file: source, pieceLengthBytes }));
  const amount: Amount = { units: totalBytes / gibibyte, pieces: totalBytes / pieceLengthBytes };
  const dataFolder = join(folder, "target");
  const common = { environment: { NODE_COMPILE_CACHE: compiledFolder }, dataFolder };
  const fresh = (): void => {
    for (const name of ["target", "state"])
      rmSync(join(folder, name), { recursive: true, force: true });
  };
  const ours = (): Work => {
    fresh();
    const peer = ["--peer", `127.0.0.1:${seeder.port}`, "--seed"];
    const line = commandLine([...words("download", [torrent.path], folder), ...peer]);
    const act: Work["act"] = async (running) => {
      await events(running, "complete");
      return amount;
    };
    return { ...common, line, act };
  };
  const floor = (): Work => {
    fresh();
    const transfer = {
      payload,
      infoHash,
      port: seeder.port,
      hashThreads: 1,
      folder,
      compiledFolder,
    };
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
    // It writes one file.
    ...(files === 1 && { floor }),
    count: async (what) => ({
      threads: await countDownload({ totalBytes, pieceLengthBytes, files }, what),
      amount,
    }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

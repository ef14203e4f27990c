import { type OpenWebSeed, packFiles } from "@troupe/messages";

import type { FakeClient } from "./fake-web.ts";
import { type BenchTorrent, WorkerBench } from "./worker-bench.ts";

/** A file as a test draws it. */
export interface SceneFile {
  readonly path: string;
  readonly lengthBytes: number;
  readonly isPadding?: boolean;
}

/** A torrent with an open web seed. */
export interface WebSeedScene {
  readonly bench: WorkerBench;
  readonly torrent: BenchTorrent;
  readonly client: FakeClient;
}

/** The URL of every web seed here. */
export const seedUrl = "http://files.example:8080/pub/";

/** @param pieces Pieces of 32 KiB, one character each: `#` for those we have. */
export async function openScene(
  pieces: string,
  files: readonly SceneFile[],
  over: Partial<OpenWebSeed> = {},
): Promise<WebSeedScene> {
  const bench = await WorkerBench.start({ downloadBytes: 4 * 1_024 * 1_024 });
  const totalBytes = files.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  const torrent = await bench.openTorrent({ had: pieces, totalBytes });
  await bench.send("open-web-seed", {
    torrent: torrent.id,
    seed: 7,
    url: seedUrl,
    peerId: new Uint8Array(20).fill(0x57),
    files: packFiles(files.map((file) => ({ ...file, path: [file.path] }))),
    missingFiles: [],
    reach: "documents",
    givesWholeFiles: false,
    ...over,
  });
  const client = bench.web.clients.at(-1);
  if (client === undefined) throw new Error("no client was opened");
  return { bench, torrent, client };
}

// The parts that the comparisons with both programs share.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCountingTracker } from "../clients/counting-tracker.ts";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { ServedProcess } from "../service/served-process.ts";
import {
  makeTorrents,
  placeData,
  type ComparedTorrent,
  type ComparedTorrents,
} from "./compared-torrents.ts";

/** Another program and ours with the same torrents. */
export interface RemotesScene<Remote> extends AsyncDisposable {
  readonly theirs: Remote;
  readonly ours: Remote;
}

interface SceneParts {
  readonly stack: AsyncDisposableStack;
  readonly theirFolder: string;
  readonly ownFolder: string;
  readonly torrents: ComparedTorrents;
}

/** Makes the torrents and the folders of both programs, and starts the programs by `start`. */
export async function remotesScene<Remote>(
  start: (parts: SceneParts) => Promise<{ readonly theirs: Remote; readonly ours: Remote }>,
): Promise<RemotesScene<Remote>> {
  await using stack = new AsyncDisposableStack();
  const tracker = stack.use(await startCountingTracker());
  const source = stack.use(temporaryFolder("remotes-source")).path;
  const torrents = makeTorrents(source, tracker.url);
  const theirFolder = stack.use(temporaryFolder("remotes-theirs")).path;
  const ownFolder = stack.use(temporaryFolder("remotes-ours")).path;
  for (const folder of [theirFolder, ownFolder]) placeData(source, join(folder, "data"));
  const programs = await start({ stack, theirFolder, ownFolder, torrents });
  const own = stack.move();
  return { ...programs, [Symbol.asyncDispose]: async () => await own.disposeAsync() };
}

/** A service of ours, its first password, and adds that no dialect of another program has. */
export interface OwnService extends AsyncDisposable {
  readonly port: number;
  readonly password: string;
  /** Adds a torrent that never downloads: it reports an error when its data is gone. */
  addSeedOnly(torrent: ComparedTorrent): Promise<void>;
}

/** Starts `troupe serve` in a folder. */
export async function ownService(folder: string): Promise<OwnService> {
  const settings = join(folder, "settings.yaml");
  writeFileSync(settings, JSON.stringify({ localHosts: ["127.0.0.1"] }));
  const served = await ServedProcess.start({ folder, arguments: ["--settings", settings] });
  const { password, port } = served;
  return {
    ...{ password, port },
    addSeedOnly: async ({ bytes }) => {
      const token = await served.call("token", "create", "scene", "--right", "control");
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/commands/add`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token.trim()}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({ metainfo: Buffer.from(bytes).toString("base64"), seedOnly: true }),
      });
      if (!response.ok) throw new Error(`the add was answered with ${await response.text()}`);
    },
    [Symbol.asyncDispose]: async () => await served[Symbol.asyncDispose](),
  };
}

/** Basic with the first password. */
export function basicHeader({
  password,
}: Pick<OwnService, "password">): Readonly<Record<string, string>> {
  return { authorization: `Basic ${Buffer.from(`troupe:${password}`).toString("base64")}` };
}

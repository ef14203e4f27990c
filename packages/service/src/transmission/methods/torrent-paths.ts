// The methods that move and rename the files of torrents.

import { endedWithin, mapAFewAtOnce } from "../bounded-work.ts";
import type { RpcCall, RpcMethod } from "../call.ts";
import { argumentErrors } from "../constants.ts";
import { RpcError, rpcErrorOf } from "../rpc-error.ts";
import { selectTorrents } from "../torrent-selection.ts";
import { longestWaitMs, unlessGone } from "./torrent-actions.ts";

/** Whether a path names a place without a current folder: of Unix, or of Windows. */
function isAbsolutePath(path: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path);
}

/** @throws RpcError for a relative path. */
export function requireAbsolute(path: string, what: string): string {
  if (isAbsolutePath(path)) return path;
  throw new RpcError("path-not-absolute", { text: `${what} is not absolute` });
}

/** Moves the files of torrents. A move that takes long goes on behind the answer. */
export async function moveTorrents(
  { calls, ports }: RpcCall,
  torrents: readonly string[],
  directory: string,
): Promise<void> {
  await mapAFewAtOnce(torrents, async (torrent) =>
    unlessGone(endedWithin(ports.timers, longestWaitMs, calls.run("move", { torrent, directory }))),
  );
}

const torrentSetLocation: RpcMethod = {
  hasEffects: true,
  answer: async (call) => {
    const location = call.parameters.text("location");
    if (location === undefined) throw new RpcError("invalid-params", { text: "no location" });
    const directory = requireAbsolute(location, "new location path");
    if (call.parameters.flag("move") !== true) {
      const { text } = argumentErrors["torrent_set_location move"];
      throw new RpcError("system", { text });
    }
    const { rows } = await selectTorrents(call);
    const torrents = rows.map(({ torrent }) => torrent);
    await moveTorrents(call, torrents, directory);
    return {};
  },
};

const torrentRenamePath: RpcMethod = {
  hasEffects: true,
  answer: async (call) => {
    const path = call.parameters.text("path") ?? "";
    const name = call.parameters.text("name") ?? "";
    const { rows } = await selectTorrents(call);
    const [row] = rows;
    if (row === undefined || rows.length !== 1)
      throw new RpcError("invalid-params", { text: "torrent_rename_path requires 1 torrent" });
    const result = { id: row.number, name, path };
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    try {
      await call.calls.run("rename", { torrent: row.torrent, from: path, to: `${folder}${name}` });
    } catch (error) {
      const { fault, message: text, status } = rpcErrorOf(error);
      throw new RpcError(fault, { text, result, status });
    }
    return result;
  },
};

/** The methods by their names. */
export const torrentPaths: Readonly<Record<string, RpcMethod>> = {
  torrent_rename_path: torrentRenamePath,
  torrent_set_location: torrentSetLocation,
};

// The method torrent_add.

import { TroupeError } from "@troupe/control";
import { nestedSettings } from "@troupe/control/commands";
import { ProtocolError } from "@troupe/protocol/errors";
import { parseTorrent } from "@troupe/protocol/metainfo";
import type { TorrentRow } from "../../view/torrent-row.ts";
import type { RpcCall, RpcMethod } from "../call.ts";
import type { Values } from "../values.ts";
import { argumentErrors } from "../constants.ts";
import { chosenPriorities, isChoosing, wrongIndex, type FileChoices } from "../file-priorities.ts";
import type { Parameters } from "../parameters.ts";
import { hasCode, RpcError, rpcErrorOf, type RpcFault } from "../rpc-error.ts";
import { requireAbsolute } from "./torrent-paths.ts";
import { fileChoices, orderSettings, plainSettings } from "./torrent-settings.ts";

/** Where a torrent comes from, and the fault of one that cannot be read. */
interface AddSource {
  readonly given: Values;
  readonly fault: RpcFault;
}

/** The method. */
export const torrentAdd: RpcMethod = {
  hasEffects: true,
  answer: async (call) => {
    const source = sourceOf(call.parameters);
    const choices = fileChoices(call.parameters);
    const options = { ...source.given, ...optionsOf(call.parameters) };
    try {
      const torrent = isChoosing(choices)
        ? await addWithChoices(call, options, choices)
        : await call.calls.run("add", options);
      return { torrent_added: await shownAdded(call, torrent) };
    } catch (error) {
      const duplicate = await duplicateOf(call, error);
      if (duplicate !== undefined) return { torrent_duplicate: duplicate };
      throw rpcErrorOf(error, source.fault);
    }
  },
};

/** @throws RpcError for a call that names no torrent, or a path. */
function sourceOf(parameters: Parameters): AddSource {
  if (parameters.text("cookies")) {
    const { text } = argumentErrors["torrent_add cookies"];
    throw new RpcError("system", { text });
  }
  const filename = parameters.text("filename")?.trim();
  if (filename) {
    if (/^https?:\/\//i.test(filename)) return { given: { source: filename }, fault: "http" };
    if (/^(?:magnet:|(?:[0-9a-f]{40}|[0-9a-f]{64})$)/i.test(filename))
      return { given: { source: filename }, fault: "unrecognized-info" };
    throw new RpcError("unrecognized-info", {
      text: "unrecognized info: allowed are a magnet link, an http:// or https:// address and an info-hash",
    });
  }
  // Some clients break the text into lines.
  const metainfo = parameters.text("metainfo")?.replaceAll(/\s/g, "");
  if (metainfo) return { given: { metainfo }, fault: "corrupt-torrent" };
  throw new RpcError("invalid-params", { text: "no filename or metainfo specified" });
}

function optionsOf(parameters: Parameters): Values {
  const directory = parameters.text("download_dir");
  const paused = parameters.flag("paused");
  const settings = { ...plainSettings(parameters), ...orderSettings(parameters, {}) };
  const set = Object.entries(settings).filter(([, value]) => value !== null);
  return {
    ...nestedSettings(Object.fromEntries(set)),
    ...(directory && { directory: requireAbsolute(directory, "download directory path") }),
    ...(paused !== undefined && { start: !paused }),
  };
}

/**
 * Adds a torrent with priorities of its files. The files of a .torrent are known before; those at an address after it was
 * added, and the torrent starts when they are chosen. The files of a magnet link cannot be chosen yet.
 */
async function addWithChoices(
  call: RpcCall,
  options: Values,
  choices: FileChoices,
): Promise<string> {
  const { calls, memory } = call;
  const { metainfo, start } = options;
  if (typeof metainfo === "string") {
    const priorities = prioritiesOf(filesIn(metainfo), choices);
    const added = await calls.run("add", { ...options, priorities });
    return added;
  }
  const starts = start ?? (await memory.engine.now(calls)).startAdded ?? true;
  const torrent = await calls.run("add", { ...options, start: false });
  const files = await calls.ask("files", torrent);
  if (files.length > 0) {
    const after = prioritiesOf(files.length, choices);
    const priorities = after.map((priority, file) => ({ file, priority }));
    await calls.run("set-priorities", { torrent, priorities });
  }
  if (starts === true) await calls.run("start", { torrents: [torrent] });
  return torrent;
}

/** Indices of no file are left out: the caller has not seen the files. */
function prioritiesOf(files: number, choices: FileChoices): number[] {
  const plain = Array<number>(files).fill(1);
  const isThere = (file: number): boolean => wrongIndex({ wanted: [file] }, files) === undefined;
  const entries = Object.entries(choices) as [keyof FileChoices, readonly number[] | undefined][];
  const known = entries.map(([choice, given]) => {
    const left = given?.filter(isThere);
    // An empty list would mean all files.
    return [choice, given?.length === 0 || left?.length === 0 ? undefined : left] as const;
  });
  return chosenPriorities(plain, Object.fromEntries(known));
}

/** @throws RpcError for bytes that are no .torrent. */
function filesIn(metainfo: string): number {
  try {
    return parseTorrent(Buffer.from(metainfo, "base64")).files.length;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new RpcError("corrupt-torrent", { text: error.message });
  }
}

/** The torrent that is there already, if that is the error. */
async function duplicateOf(call: RpcCall, error: unknown): Promise<Values | undefined> {
  if (!hasCode(error, "torrent-exists")) return undefined;
  const { torrent } = error.details;
  return typeof torrent === "string" ? await shownAdded(call, torrent) : undefined;
}

/** @throws TroupeError `no-torrent` for a torrent that was removed meanwhile. */
async function shownAdded({ calls }: RpcCall, torrent: string): Promise<Values> {
  const row: TorrentRow | undefined = (await calls.view()).row(torrent);
  if (row === undefined)
    throw new TroupeError("no-torrent", `there is no torrent ${torrent}: it was removed meanwhile`);
  return { hash_string: row.torrent, id: row.number, name: row.name };
}

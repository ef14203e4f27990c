// `torrents/add`: torrents of links, of addresses and of .torrent files.

import { spelled, TroupeError } from "@troupe/control";
import type { Part } from "../guard/multipart-body.ts";
import { errorStatus } from "../routes/error-status.ts";
import { textResponse, type ServiceResponse } from "../routes/route.ts";
import { lackingError } from "./constants.ts";
import { hasCode, type DialectCall } from "./dialect-call.ts";
import { partsOf, type RequestFields } from "./request-fields.ts";
import { goalsOfNew } from "./share-limits.ts";

/** Further torrents are refused: each may be fetched from a server. */
const mostTorrents = 100;

const layouts: ReadonlyMap<string, "folder" | "no-folder" | "own"> = new Map([
  ["Original", "own"],
  ["Subfolder", "folder"],
  ["NoSubfolder", "no-folder"],
]);

/** The response where at least one torrent was added, and where none was. */
const added = textResponse("Ok.");
const failed = textResponse("Fails.");

/** Answers `torrents/add`. A torrent that is there already counts as failed, as in qBittorrent. */
export async function addTorrents({ fields, calls }: DialectCall): Promise<ServiceResponse> {
  const urls = partsOf(fields.text("urls") ?? "", "\n");
  const { files } = fields;
  if (urls.length + files.length > mostTorrents)
    throw new TroupeError(
      "parameter-wrong",
      `${urls.length + files.length} torrents are named; at most ${mostTorrents} are allowed`,
    );
  const options = optionsOf(fields);
  let successes = 0;
  for (const source of urls)
    if (await isAdded(calls, { ...options, source }, isFaultOfSource)) successes++;
  for (const file of files) if (await isFileAdded(calls, options, file)) successes++;
  return successes > 0 ? added : failed;
}

async function isFileAdded(
  calls: DialectCall["calls"],
  options: object,
  { bytes, fileName = "" }: Part,
): Promise<boolean> {
  const metainfo = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  try {
    return await isAdded(calls, { ...options, metainfo }, () => false);
  } catch (error) {
    if (!isFaultOfSource(error, "metainfo")) throw error;
    const message = `the file ${spelled(fileName)} is no .torrent that can be used: ${error.message}`;
    throw new TroupeError("torrent-file-wrong", message, { cause: error });
  }
}

/** @returns False for a torrent that is there already, or whose source has a fault. An address that is slow is fetched on. */
async function isAdded(
  calls: DialectCall["calls"],
  given: object,
  isFault: (error: unknown) => boolean,
): Promise<boolean> {
  try {
    await calls.run("add", given);
    return true;
  } catch (error) {
    if (hasCode(error, "command-deadline")) return true;
    if (hasCode(error, "torrent-exists", "already-running") || isFault(error)) return false;
    throw error;
  }
}

/** Tells a fault of the source from one of the other options, and from one of the engine and the caller. */
function isFaultOfSource(error: unknown, option = "source"): error is TroupeError {
  if (!(error instanceof TroupeError)) return false;
  if (error.code === "option-out-of-range") return error.details["option"] === option;
  return error.code !== "option-unknown" && errorStatus(error) === 400;
}

function optionsOf(fields: RequestFields): object {
  const [group, tags] = [fields.text("category") ?? "", partsOf(fields.text("tags") ?? "", ",")];
  const layout = layoutOf(fields);
  const limits = limitsOfNew(fields);
  const goals = goalsOfNew(fields);
  const isStopped = fields.flag("stopped") ?? fields.flag("paused");
  return {
    ...foldersOfNew(fields),
    ...(group !== "" && { group }),
    ...(tags.length > 0 && { labels: [...new Set(tags)] }),
    ...(layout !== undefined && { layout }),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(Object.keys(goals).length > 0 && { goals }),
    ...(isStopped !== undefined && { state: isStopped ? "stopped" : "started" }),
    ...(fields.flag("skip_checking") === true && { verify: "none" }),
    ...(fields.flag("sequentialDownload") === true && { sequential: true }),
    ...(fields.flag("firstLastPiecePrio") === true && { firstLastPieces: true }),
    ...stopConditionOf(fields),
  };
}

/** With automatic management qBittorrent ignores the folders of the request. */
function foldersOfNew(fields: RequestFields): object {
  if (fields.flag("autoTMM") === true) return {};
  const directory = (fields.text("savepath") ?? "").trim();
  const incompleteDirectory = (fields.text("downloadPath") ?? "").trim();
  const isUsed = incompleteDirectory !== "" && fields.flag("useDownloadPath") !== false;
  return { ...(directory !== "" && { directory }), ...(isUsed && { incompleteDirectory }) };
}

/** `root_folder` is that of versions before 4.3.2; Flood sends both. */
function layoutOf(fields: RequestFields): "folder" | "no-folder" | "own" | undefined {
  const layout = layouts.get(fields.text("contentLayout") ?? "");
  return layout ?? (fields.flag("root_folder") === false ? "no-folder" : undefined);
}

function limitsOfNew(fields: RequestFields): object {
  const [down = 0, up = 0] = [fields.whole("dlLimit"), fields.whole("upLimit")];
  return { ...(down > 0 && { down }), ...(up > 0 && { up }) };
}

/** @throws TroupeError `control-missing` */
function stopConditionOf(fields: RequestFields): object {
  switch (fields.text("stopCondition")) {
    case "MetadataReceived":
      return { stopAt: "metadata" };
    case "FilesChecked":
      throw lackingError("torrents/add stopCondition=FilesChecked");
    default:
      return {};
  }
}

// The parameters that torrent_add and torrent_set share, as settings of a torrent.

import { outOfRange, type TorrentSettings } from "@troupe/control";
import type { Values } from "../values.ts";
import type { FileChoices } from "../file-priorities.ts";
import type { Parameters } from "../parameters.ts";
import { RpcError } from "../rpc-error.ts";
import { bandwidthPriorities } from "../units.ts";

/** Settings that do not depend on those that the torrent has. */
export function plainSettings(parameters: Parameters): Values {
  const maxPeers = parameters.whole("peer_limit");
  const labels = labelsIn(parameters);
  const bandwidthPriority = priorityIn(parameters);
  return {
    ...(bandwidthPriority !== undefined && { bandwidthPriority }),
    ...(labels !== undefined && { labels }),
    ...(maxPeers !== undefined && { maxPeers }),
  };
}

/** The order of pieces. A piece to begin at counts for a torrent that is, or becomes, sequential. */
export function orderSettings(parameters: Parameters, own: TorrentSettings): Values {
  const wish = parameters.flag("sequential_download");
  const piece = parameters.whole("sequential_download_from_piece");
  if (wish === undefined && piece === undefined) return {};
  const isSequential = wish ?? (own.sequential === true || own.fromPiece !== undefined);
  if (!isSequential) return wish === false ? { sequential: false, fromPiece: null } : {};
  return {
    sequential: true,
    ...(piece !== undefined && { fromPiece: piece === 0 ? null : piece }),
  };
}

/** The choices about files. */
export function fileChoices(parameters: Parameters): FileChoices {
  return {
    unwanted: parameters.wholes("files_unwanted"),
    wanted: parameters.wholes("files_wanted"),
    low: parameters.wholes("priority_low"),
    normal: parameters.wholes("priority_normal"),
    high: parameters.wholes("priority_high"),
  };
}

function labelsIn(parameters: Parameters): readonly string[] | undefined {
  const labels = parameters.texts("labels")?.map((label) => label.trim());
  if (labels?.includes("") === true)
    throw new RpcError("invalid-params", { text: "labels cannot be empty" });
  if (labels?.some((label) => label.includes(",")) === true)
    throw new RpcError("invalid-params", { text: "labels cannot contain comma (,) character" });
  return labels && [...new Set(labels)];
}

function priorityIn(parameters: Parameters): string | undefined {
  const number = parameters.whole("bandwidth_priority");
  if (number === undefined) return undefined;
  const found = bandwidthPriorities.find(([, each]) => each === number);
  if (found === undefined) throw outOfRange("bandwidth_priority", String(number), "-1, 0 or 1");
  return found[0];
}

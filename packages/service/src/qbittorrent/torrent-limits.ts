// Rate limits, share limits and folders of torrents.

import { TroupeError } from "@troupe/control";
import { jsonResponse } from "../routes/route.ts";
import { setEach } from "./control-torrents.ts";
import { done, type Answer, type DialectCall } from "./dialect-call.ts";
import { forEachRow, hashesIn, rowsNamed, untilBegun } from "./named-torrents.ts";
import { goalsFor } from "./share-limits.ts";
import { settingsOf } from "./shown-settings.ts";

const unknownTorrent = -1;

/** Answers `torrents/downloadLimit` and `torrents/uploadLimit`: bytes a second by info-hash, 0 for none. */
export function showLimit(direction: "down" | "up"): Answer {
  return async ({ fields, calls }) => {
    const hashes = hashesIn(fields.required("hashes"));
    const view = await calls.view();
    const limits = hashes.map((hash) => {
      const row = view.row(hash);
      return [
        hash,
        row === undefined ? unknownTorrent : (settingsOf(row).limits?.[direction] ?? 0),
      ];
    });
    return jsonResponse(Object.fromEntries(limits));
  };
}

/** Answers `torrents/setDownloadLimit` and `torrents/setUploadLimit`. 0 and less end the limit. */
export function setLimit(direction: "down" | "up"): Answer {
  return async (call) => {
    call.fields.required("hashes");
    const limit = call.fields.requiredWhole("limit");
    return await setEach(call, () => ({ limits: { [direction]: limit > 0 ? limit : null } }));
  };
}

/** Answers `torrents/setShareLimits`. */
export const setShareLimits: Answer = async (call) => {
  const { fields } = call;
  fields.required("hashes");
  const [ratio, minutes] = [
    fields.requiredNumber("ratioLimit"),
    fields.requiredWhole("seedingTimeLimit"),
  ];
  return await setEach(call, (row) => ({ goals: goalsFor(ratio, minutes, row) }));
};

/** Answers `torrents/setLocation`, once the moves have begun. */
export const setLocation: Answer = async (call) => {
  const hashes = call.fields.required("hashes");
  return await moveAll(call, hashes, call.fields.required("location").trim());
};

/** Answers `torrents/setSavePath`, as `torrents/setLocation`. */
export const setSavePath: Answer = async (call) => {
  const hashes = call.fields.required("id");
  return await moveAll(call, hashes, call.fields.required("path").trim());
};

async function moveAll({ calls }: DialectCall, hashes: string, directory: string) {
  if (directory === "") throw new TroupeError("parameter-wrong", "the folder must not be empty");
  const view = await calls.view();
  await forEachRow(rowsNamed(view, hashes), async (row) => {
    const { torrent } = row;
    // A move has no state of its own. One that is refused changes no row.
    const move = calls.run("move", { torrent, directory });
    await untilBegun(view, move, () => view.row(torrent) !== row);
  });
  return done;
}

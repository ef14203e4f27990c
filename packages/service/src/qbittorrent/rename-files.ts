// New names of a torrent's files.

import { TroupeError } from "@troupe/control";
import { lackingError } from "./constants.ts";
import { done, type Answer } from "./dialect-call.ts";
import { rowOf } from "./named-torrents.ts";

/** Answers `torrents/rename`, which Troupe lacks. */
export const renameTorrent: Answer = async (call) => {
  const name = call.fields.required("name").trim();
  if (name === "") throw new TroupeError("parameter-conflict", "the name must not be empty");
  await rowOf(call);
  throw lackingError("torrents/rename");
};

/** Answers `torrents/renameFile` and `torrents/renameFolder`. */
export const renamePath: Answer = async (call) => {
  const [from, to] = [call.fields.required("oldPath"), call.fields.required("newPath")];
  const { torrent } = await rowOf(call);
  if (from === "" || to === "")
    throw new TroupeError("parameter-conflict", "both paths must not be empty");
  await call.calls.run("rename", { torrent, from, to });
  return done;
};

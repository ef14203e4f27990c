// Links to files of torrents, which players open without a credential.

import { jsonSchema, record, text, TroupeError, whole } from "@troupe/control";
import type { StreamLinks } from "../guard/stream-links.ts";
import { jsonResponse } from "../routes/route.ts";
import { withErrors } from "./api-answer.ts";
import type { ApiOperation } from "./api-operation.ts";
import { readQuery } from "./api-query.ts";
import { answerSchema } from "./command-operations.ts";
import { rowIn, torrentPath } from "./torrent-operations.ts";

/** Files of a torrent. */
const mostFiles = 10_000_000;
const anyText = text(String.raw`[\s\S]{1,4000}`, "a text");
const link = record({ url: anyText, path: anyText, expires: whole(0, Number.MAX_SAFE_INTEGER) }, [
  "url",
  "path",
  "expires",
]);
const query = {
  file: {
    gate: whole(0, mostFiles - 1),
    text: "The index of a file, from 0 on. Absent: a playlist of the files that can be played.",
  },
} as const;

/** The operation that makes a link. */
export function linkOperation(links: StreamLinks): ApiOperation {
  return {
    method: "GET",
    path: `${torrentPath}/stream-link`,
    id: "torrent-stream-link",
    text: "Makes a link to a file of a torrent, or to a playlist of its files. It needs no other credential, and ends after 24 h.",
    right: "read",
    body: "none",
    query,
    errors: ["no-torrent", "no-file"],
    result: () => answerSchema(jsonSchema(link)),
    answer: withErrors(async (request) => {
      const given: { readonly file?: number } = readQuery(query, request.query);
      const { file = "playlist" } = given;
      const { row, version } = await rowIn(request);
      const { torrent } = row;
      if (file !== "playlist" && file >= row.files)
        throw new TroupeError("no-file", `there is no file ${file}: the torrent has ${row.files}`);
      const expires = links.nextExpiry;
      const path = links.make({ torrent, file }, expires);
      const result = { url: request.base + path, path, expires };
      return jsonResponse({ result, version });
    }),
  };
}

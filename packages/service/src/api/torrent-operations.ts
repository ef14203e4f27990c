// Torrents by their paths: the row of one, and the questions about it.

import { checkGate, TroupeError } from "@troupe/control";
import { commands } from "@troupe/control/commands";
import type { TorrentRow } from "../view/torrent-row.ts";
import { jsonResponse, type ServiceRequest } from "../routes/route.ts";
import type { TorrentQuestion } from "../routes/service-calls.ts";
import { withErrors } from "./api-answer.ts";
import { apiPrefix, segmentIn, type ApiOperation } from "./api-operation.ts";
import { readQuery } from "./api-query.ts";
import { answerSchema } from "./command-operations.ts";
import { resultSchema } from "./command-schemas.ts";
import { reference } from "./openapi-reference.ts";

/** The path of a torrent. */
export const torrentPath = `${apiPrefix}/torrents/:torrent`;

/** Questions with a path of their own. */
const questions = [
  ...(["files", "metainfo", "peers", "piece-origins", "pieces"] as const),
  ...(["settings", "swarm", "tiers", "web-seeds", "why"] as const),
] satisfies readonly TorrentQuestion[];

/** The row of the torrent that the path names. @throws rejects with TroupeError `no-torrent` */
export async function rowIn(
  request: ServiceRequest,
): Promise<{ readonly row: TorrentRow; readonly version: number }> {
  const torrent = torrentIn(request);
  const view = await request.calls.view();
  const row = view.row(torrent);
  if (row === undefined) throw new TroupeError("no-torrent", `there is no torrent ${torrent}`);
  return { row, version: view.version };
}

/** The operations of single torrents. */
export function torrentOperations(): readonly ApiOperation[] {
  return [showOperation, ...questions.map(questionOperation)];
}

const showOperation: ApiOperation = {
  method: "GET",
  path: torrentPath,
  id: "show-torrent",
  text: commands.status.text,
  right: "read",
  body: "none",
  query: {},
  errors: ["no-torrent"],
  result: () => answerSchema(reference("Torrent")),
  answer: withErrors(async (request) => {
    readQuery({}, request.query);
    const { row: result, version } = await rowIn(request);
    return jsonResponse({ result, version });
  }),
};

function questionOperation(name: TorrentQuestion): ApiOperation {
  return {
    method: "GET",
    path: `${torrentPath}/${name}`,
    id: `torrent-${name}`,
    text: commands[name].text,
    right: "read",
    body: "none",
    query: {},
    errors: commands[name].errors,
    result: () => answerSchema(resultSchema(name)),
    answer: withErrors(async (request) => {
      readQuery({}, request.query);
      const torrent = torrentIn(request);
      const { calls } = request;
      const { version } = await calls.view();
      return jsonResponse({ result: await calls.ask(name, torrent), version });
    }),
  };
}

/** The info-hash in the path of a request, in lower case. */
function torrentIn(request: Pick<ServiceRequest, "path">): string {
  const torrent = segmentIn(request).toLowerCase();
  return checkGate(commands.status.arguments.torrent.gate, "torrent", torrent);
}

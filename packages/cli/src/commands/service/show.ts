import type { CommandResults } from "@troupe/control/commands";
import { rowName } from "../../display/service/row-view.ts";
import { shownTorrent, type TorrentAnswers } from "../../display/service/shown-torrent.ts";
import { tableRoom } from "../../display/table.ts";
import { failureOf, type ExitCodeValue } from "../../failure.ts";
import { jsonLine } from "../../output/json-line.ts";
import type { ServicePort, TorrentRow } from "../../service-client/service-port.ts";
import { forEach, namedTorrents, torrentLine, type ServiceRun } from "./service-run.ts";

/** `troupe show`: the facts, files, peers and trackers of torrents. */
export async function showTorrents(
  words: readonly string[],
  run: ServiceRun,
): Promise<ExitCodeValue> {
  const rows = await namedTorrents(run, words);
  const [first] = rows;
  return await forEach(run, rows, rowName, async (row) => {
    const answers = await askAbout(run.service, row);
    if (run.json) writeLines(run, row, answers);
    else showOne(run, row, answers, row !== first);
  });
}

function showOne(
  { reporter, environment }: ServiceRun,
  row: TorrentRow,
  answers: TorrentAnswers,
  isApart: boolean,
): void {
  const lines = shownTorrent(row, answers, tableRoom(environment));
  reporter.result({ text: [...(isApart ? [""] : []), ...lines].join("\n") });
}

function writeLines({ reporter }: ServiceRun, row: TorrentRow, answers: TorrentAnswers): void {
  const { files, peers, tiers } = answers;
  const { torrent } = row;
  for (const line of [
    torrentLine(row),
    jsonLine("torrent-files", torrent, { files }),
    jsonLine("torrent-peers", torrent, { peers }),
    jsonLine("torrent-trackers", torrent, { tiers }),
  ])
    reporter.result({ text: torrent, line });
}

/** The files of a torrent, and what its peers and trackers do. */
async function askAbout(service: ServicePort, row: TorrentRow): Promise<TorrentAnswers> {
  const [files, more] = await Promise.all([
    service.run("files", { torrent: row.torrent }),
    askDetails(service, row),
  ]);
  return { files, ...more };
}

/** Asks for the details that change while a torrent runs: its swarm, peers and trackers. */
export async function askDetails(
  service: ServicePort,
  { torrent }: TorrentRow,
): Promise<Omit<TorrentAnswers, "files">> {
  const [swarm, peers, tiers] = await Promise.all([
    service.run("swarm", { torrent }),
    service.run("peers", { torrent }),
    unlessQuarantined(service, torrent),
  ]);
  return { swarm, peers, tiers };
}

/** A quarantined torrent has no trackers that are asked. */
async function unlessQuarantined(
  service: ServicePort,
  torrent: string,
): Promise<CommandResults["tiers"]> {
  return await service.run("tiers", { torrent }).catch((error: unknown) => {
    if (failureOf(error).code === "quarantined") return [];
    throw error;
  });
}

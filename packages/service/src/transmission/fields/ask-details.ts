import type { TorrentRow } from "../../view/torrent-row.ts";
import type { RpcCall } from "../call.ts";
import { hasCode } from "../rpc-error.ts";
import type { Details, Question } from "./detail-fields.ts";

/** Answers to the questions that were asked. */
export type AskedDetails = { readonly [Name in Question]?: Details[Name] };

type Ask = (call: RpcCall, row: TorrentRow, names: readonly string[]) => Promise<unknown>;

/** How each question is asked. A torrent that the engine gives no answer about has none of these things. */
const asks: Readonly<Record<Question, Ask>> = {
  files: async ({ calls }, { torrent }) => await orElse([], calls.ask("files", torrent)),
  peers: async ({ calls }, { torrent }) => await orElse([], calls.ask("peers", torrent)),
  pieces: async ({ calls }, { torrent }) => await orElse(undefined, calls.ask("pieces", torrent)),
  tiers: async ({ calls }, { torrent }) => await orElse([], calls.ask("tiers", torrent)),
  webSeeds: async ({ calls }, row, names) =>
    // Pages ask for their number in each list; a torrent that receives nothing has none that sends.
    row.downBytesPerSecond > 0 || names.includes("webseeds")
      ? await orElse([], calls.ask("web-seeds", row.torrent))
      : [],
  metainfo: async ({ calls, memory }, { torrent }) => await memory.metainfo.of(calls, torrent),
};

/**
 * Asks about a torrent.
 *
 * @param names The fields that the questions are for.
 * @returns Undefined for a torrent that is gone.
 * @throws TroupeError as the questions
 */
export async function askDetails(
  call: RpcCall,
  row: TorrentRow,
  questions: ReadonlySet<Question>,
  names: readonly string[],
): Promise<AskedDetails | undefined> {
  const answers: Partial<Record<Question, unknown>> = {};
  try {
    for (const question of questions) answers[question] = await asks[question](call, row, names);
  } catch (error) {
    if (hasCode(error, "no-torrent")) return undefined;
    throw error;
  }
  // Each question is answered by its own ask.
  return answers as AskedDetails;
}

async function orElse<Answer, Other>(
  other: Other,
  answer: Promise<Answer>,
): Promise<Answer | Other> {
  try {
    return await answer;
  } catch (error) {
    if (hasCode(error, "metadata-unknown", "not-running", "quarantined")) return other;
    throw error;
  }
}

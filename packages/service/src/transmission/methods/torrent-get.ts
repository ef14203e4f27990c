// The method torrent_get: fields of torrents, from rows and from questions about the torrents.

import type { LiveEngineSettings } from "@troupe/control";
import { inTurns } from "../../calls/in-turns.ts";
import type { TorrentRow } from "../../view/torrent-row.ts";
import { mapAFewAtOnce } from "../bounded-work.ts";
import type { RpcCall, RpcMethod } from "../call.ts";
import { askDetails, type AskedDetails } from "../fields/ask-details.ts";
import { detailFields, type Question } from "../fields/detail-fields.ts";
import { FieldWriter } from "../fields/field-writer.ts";
import { engineFields, rowFields } from "../fields/row-fields.ts";
import { JsonText } from "../json-text.ts";
import { RpcError } from "../rpc-error.ts";
import { selectTorrents, type Selection } from "../torrent-selection.ts";

/** The method. */
export const torrentGet: RpcMethod = {
  hasEffects: false,
  answer: async (call) => {
    const selection = await selectTorrents(call);
    const names = askedNames(call);
    const { removed } = selection;
    const torrents = await torrentsText(call, selection, names);
    return { ...(removed !== undefined && { removed }), torrents };
  },
};

/** The fields in snake case. @throws RpcError for a call that asks for no field that there is. */
function askedNames({ parameters, dialect }: RpcCall): readonly string[] {
  const given = (parameters.list("fields") ?? []).flatMap((name) =>
    typeof name === "string" ? dialect.askedField(name) : [],
  );
  const names = [...new Set(given)].filter((name) => rowFields.has(name) || detailFields.has(name));
  if (names.length > 0) return names;
  throw new RpcError("invalid-params", { text: "no fields specified" });
}

/** The list as JSON, with the names of the dialect: a long list is not renamed afterwards. */
async function torrentsText(
  call: RpcCall,
  selection: Selection,
  names: readonly string[],
): Promise<JsonText> {
  const { dialect, memory, parameters, ports } = call;
  const isTable = parameters.text("format") === "table";
  const engine = await engineOf(call, names);
  const answered = await detailsOf(call, selection, names);
  const { metainfo, rowTexts } = memory;
  const epochMs = ports.clock.epochMs();
  const writer = new FieldWriter(names, { dialect, engine, epochMs, metainfo, rowTexts });
  const texts: string[] = isTable ? [writer.header()] : [];
  await inTurns(ports.timers, answered, ({ row, answers }) => {
    texts.push(isTable ? writer.tableRow(row, answers) : writer.object(row, answers));
  });
  return new JsonText(`[${texts.join(",")}]`);
}

interface AnsweredRow {
  readonly row: TorrentRow;
  readonly answers: AskedDetails;
}

const noAnswers: AskedDetails = {};

/** The rows with the answers to the questions about them, without torrents that are gone meanwhile. */
async function detailsOf(
  call: RpcCall,
  { rows, isNamed }: Selection,
  names: readonly string[],
): Promise<readonly AnsweredRow[]> {
  const needed = new Set<Question>(names.flatMap((name) => detailFields.get(name)?.question ?? []));
  if (!isNamed && needed.delete("metainfo")) fillMetainfo(call, rows);
  if (needed.size === 0) return rows.map((row) => ({ row, answers: noAnswers }));
  const answered = await mapAFewAtOnce(rows, async (row) => {
    const answers = await askDetails(call, row, needed, names);
    return answers === undefined ? [] : [{ row, answers }];
  });
  return answered.flat();
}

/** Some clients ask for comments in each list. They get those that are known, and the next list has the others. */
function fillMetainfo({ calls, memory }: RpcCall, rows: readonly TorrentRow[]): void {
  const known = rows.filter(({ hasMetadata }) => hasMetadata);
  memory.metainfo.fill(
    calls,
    known.map(({ torrent }) => torrent),
  );
}

async function engineOf(
  { calls, memory, ports }: RpcCall,
  names: readonly string[],
): Promise<LiveEngineSettings> {
  if (!names.some((name) => engineFields.includes(name))) return {};
  return await memory.engine.recent(calls, ports.clock.nowMs());
}

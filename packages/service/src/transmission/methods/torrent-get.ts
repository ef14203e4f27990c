// The method torrent_get: fields of torrents, from rows and from questions about the torrents.

import { torrentSettings, type LiveEngineSettings } from "@troupe/control";
import type { TorrentRow } from "../../view/torrent-row.ts";
import { giveWay, mapAFewAtOnce } from "../bounded-work.ts";
import type { RpcCall, RpcMethod, Values } from "../call.ts";
import { askDetails, type AskedDetails } from "../fields/ask-details.ts";
import { detailFields, type Question } from "../fields/detail-fields.ts";
import { engineFields, rowFields, type RowFacts } from "../fields/row-fields.ts";
import { flatSettings } from "../flat-settings.ts";
import { JsonText } from "../json-text.ts";
import { RpcError } from "../rpc-error.ts";
import { selectTorrents, type Selection } from "../torrent-selection.ts";

/** Torrents whose fields are written in one turn of the thread: other calls must not wait for a long list. */
const torrentsATurn = 250;

/** The fields that a call asks for. */
interface AskedFields {
  /** In snake case. */
  readonly names: readonly string[];
  readonly questions: ReadonlySet<Question>;
  readonly isTable: boolean;
}

/** The method. */
export const torrentGet: RpcMethod = {
  hasEffects: false,
  answer: async (call) => {
    const selection = await selectTorrents(call);
    const asked = askedFields(call);
    const { removed } = selection;
    const torrents = await torrentsText(call, selection, asked);
    return { ...(removed !== undefined && { removed }), torrents };
  },
};

/** @throws RpcError for a call that asks for no field that there is. */
function askedFields({ parameters, dialect }: RpcCall): AskedFields {
  const given = (parameters.list("fields") ?? []).flatMap((name) =>
    typeof name === "string" ? dialect.askedField(name) : [],
  );
  const names = [...new Set(given)].filter((name) => rowFields.has(name) || detailFields.has(name));
  if (names.length === 0) throw new RpcError("invalid-params", { text: "no fields specified" });
  const questions = names.flatMap((name) => detailFields.get(name)?.question ?? []);
  const isTable = parameters.text("format") === "table";
  return { names, questions: new Set(questions), isTable };
}

/** The list as JSON, with the names of the dialect: long lists are not renamed afterwards. */
async function torrentsText(
  call: RpcCall,
  selection: Selection,
  asked: AskedFields,
): Promise<JsonText> {
  const engine = await engineOf(call, asked);
  const details = await detailsOf(call, selection, asked);
  const { names, isTable } = asked;
  const outer = names.map((name) => call.dialect.fieldName(name));
  const texts: string[] = isTable ? [JSON.stringify(outer)] : [];
  for (const [index, { row, answers }] of details.entries()) {
    if (index > 0 && index % torrentsATurn === 0) await giveWay(call.ports.timers);
    const values = valuesOf(call, asked, factsOf(call, row, engine), answers);
    texts.push(isTable ? JSON.stringify(values) : objectText(outer, values));
  }
  return new JsonText(`[${texts.join(",")}]`);
}

interface AnsweredRow {
  readonly row: TorrentRow;
  readonly answers: AskedDetails;
}

/** The rows with the answers to the questions about them, without torrents that are gone meanwhile. */
async function detailsOf(
  call: RpcCall,
  { rows, isNamed }: Selection,
  { questions, names }: AskedFields,
): Promise<readonly AnsweredRow[]> {
  const { calls, memory } = call;
  if (questions.size === 0) return rows.map((row) => ({ row, answers: {} }));
  const answered = await mapAFewAtOnce(rows, async (row) => {
    const answers = await askDetails(call, row, { questions, names, isNamed });
    return answers === undefined ? [] : [{ row, answers }];
  });
  const torrents = rows.filter(({ hasMetadata }) => hasMetadata).map(({ torrent }) => torrent);
  if (questions.has("metainfo") && !isNamed) memory.metainfo.fill(calls, torrents);
  return answered.flat();
}

async function engineOf(
  { calls, memory, ports }: RpcCall,
  { names }: AskedFields,
): Promise<LiveEngineSettings> {
  if (!names.some((name) => engineFields.includes(name))) return {};
  return await memory.engine.recent(calls, ports.clock.nowMs());
}

function factsOf({ ports }: RpcCall, row: TorrentRow, engine: LiveEngineSettings): RowFacts {
  const own = flatSettings(torrentSettings, row.settings);
  return { row, own, engine, epochMs: ports.clock.epochMs() };
}

function valuesOf(
  { dialect }: RpcCall,
  { names }: AskedFields,
  facts: RowFacts,
  answers: AskedDetails,
): readonly unknown[] {
  return names.map((name) => {
    const detail = detailFields.get(name);
    const value =
      detail === undefined
        ? rowFields.get(name)?.(facts)
        : detail.valueOf(answers[detail.question], facts);
    return typeof value === "object" ? dialect.fieldValue(name, value) : value;
  });
}

function objectText(names: readonly string[], values: readonly unknown[]): string {
  const torrent: Values = Object.fromEntries(names.map((name, index) => [name, values[index]]));
  return JSON.stringify(torrent);
}

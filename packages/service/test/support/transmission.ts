// The Transmission dialects over calls that a test records.

import { ManualTime } from "@troupe/actor-runtime/testing";
import {
  checkChanges,
  engineSettings,
  gatesOf,
  liveRows,
  record,
  torrentSettings,
  TroupeError,
  type SettingRows,
} from "@troupe/control";
import { checkValue, commands, type CommandName, type CommandRow } from "@troupe/control/commands";
import type { ExecutionContext } from "ava";
import type { TorrentQuestion } from "../../src/routes/service-calls.ts";
import type { ServiceFacts } from "../../src/routes/service-facts.ts";
import type { TransmissionPorts } from "../../src/transmission/call.ts";
import { answerJson } from "../../src/transmission/endpoint.ts";
import { DialectMemory } from "../../src/transmission/memory/dialect-memory.ts";
import { SessionIds } from "../../src/transmission/session-ids.ts";
import type { TorrentRow } from "../../src/view/torrent-row.ts";
import { exampleRow } from "./example-row.ts";
import { RecordedCalls } from "./recorded-calls.ts";

type Values = Readonly<Record<string, unknown>>;

const noTotals = {
  ...{ downloadedBytes: 0, uploadedBytes: 0, wastedBytes: 0 },
  ...{ protocolDownBytes: 0, protocolUpBytes: 0, activeSeconds: 0, sessions: 1 },
};

/** Answers of an engine at rest. */
const usualAnswers: Values = {
  "engine-settings": {},
  ports: { port: 6881, publicPort: 16_881, dht: {} },
  "ip-filter": {},
  "update-ip-filter": {},
  totals: { session: noTotals },
  "free-space": { freeBytes: 5_000, totalBytes: 9_000 },
  files: [],
  peers: [],
  tiers: [],
  "web-seeds": [],
  pieces: { pieces: 0, pieceLengthBytes: 0, lastPieceLengthBytes: 0, had: "", wanted: "" },
};

export const exampleFacts: ServiceFacts = {
  downloadDirectory: "/data",
  stateDirectory: "/state",
  usesDht: true,
  usesLocalDiscovery: false,
  mapsPort: true,
  marksUnfinishedFiles: false,
};

/** An answer of a classic call. */
export interface ClassicAnswer {
  readonly result: string;
  readonly arguments: Values;
  readonly tag?: number;
}

/** An answer of a JSON-RPC call. */
export interface JsonRpcAnswer {
  readonly jsonrpc: "2.0";
  readonly id: unknown;
  readonly result?: Values;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: { readonly error_string?: string; readonly result?: Values };
  };
}

/** Calls that also keep what they were asked about torrents, and check commands by the tables. */
class AskedCalls extends RecordedCalls {
  readonly asked: string[] = [];

  override async run(name: CommandName, given: object): Promise<never> {
    checkCommand(name, given);
    const answer = await super.run(name, given);
    return answer;
  }

  override async ask(name: TorrentQuestion, torrent: string): Promise<never> {
    this.asked.push(`${name} ${Number.parseInt(torrent, 16)}`);
    return await super.ask(name, torrent);
  }
}

/**
 * Checks the arguments and the settings of a command, as the engine does for a caller elsewhere.
 *
 * @throws TroupeError
 */
function checkCommand(name: string, given: object): void {
  const rows: Readonly<Record<string, CommandRow>> = commands;
  const row = rows[name];
  if (row === undefined) return;
  if (row.right === undefined) throw new TroupeError("not-permitted", `${name} needs local`);
  const isOwn = ([each]: [string, unknown]): boolean =>
    row.settings === undefined || Object.hasOwn(row.arguments, each);
  const entries = Object.entries(given);
  const own = Object.fromEntries(entries.filter(isOwn));
  checkValue(record(gatesOf(row.arguments), row.required), "", own);
  if (row.settings === undefined) return;
  const level: SettingRows = row.settings === "engine" ? engineSettings : torrentSettings;
  const others = Object.fromEntries(entries.filter((entry) => !isOwn(entry)));
  const isAdded = name === "add";
  const settings = checkChanges(isAdded ? level : liveRows(level), others);
  if (isAdded && Object.values(settings).includes(null)) throw new Error("add takes no null");
  for (const each of Object.keys(settings))
    if (level[each]?.right !== "control")
      throw new TroupeError("not-permitted", `${each} needs local`);
}

/** The dialects with calls that answer as the test says. */
export class TransmissionService {
  readonly calls: AskedCalls;
  readonly time: ManualTime = new ManualTime();
  readonly memory: DialectMemory = new DialectMemory();
  readonly ports: TransmissionPorts;

  constructor(
    rows: readonly TorrentRow[] = [],
    answers: Values = {},
    facts: ServiceFacts = exampleFacts,
  ) {
    this.calls = new AskedCalls(rows, { ...usualAnswers, ...answers });
    const { time } = this;
    const sessionIds = new SessionIds({ clock: time, makeId: () => "present-id" });
    this.ports = { clock: time, timers: time, sessionIds, facts: () => facts };
  }

  /** Sends a value as the body of a request. */
  async send(value: unknown): Promise<{ readonly status: number; readonly value: unknown }> {
    const { calls, ports, memory } = this;
    const { status, json } = await answerJson(value, { calls, ports, memory });
    return { status, value: json === undefined ? undefined : (JSON.parse(json) as unknown) };
  }

  async classic(method: string, given: Values = {}): Promise<ClassicAnswer> {
    const { value } = await this.send({ method, arguments: given, tag: 7 });
    return value as ClassicAnswer;
  }

  async jsonRpc(method: string, params: Values = {}): Promise<JsonRpcAnswer> {
    const { value } = await this.send({ jsonrpc: "2.0", method, params, id: 7 });
    return value as JsonRpcAnswer;
  }

  /** The result of a call by JSON-RPC that must succeed. */
  async result(method: string, params: Values = {}): Promise<Values> {
    const { result, error } = await this.jsonRpc(method, params);
    if (result === undefined) throw new Error(JSON.stringify(error));
    return result;
  }

  /** The fields of the first torrent. */
  async fields(...names: readonly string[]): Promise<Values> {
    const { torrents } = await this.result("torrent_get", { fields: names });
    const [first = {}] = torrents as readonly Values[];
    return first;
  }

  /** The commands that a call makes, without the questions about the engine. */
  async commandsOf(method: string, params: Values = {}): Promise<readonly unknown[]> {
    await this.result(method, params);
    const questions = new Set(["engine-settings", "free-space", "ports", "totals"]);
    return this.calls.made.filter(([name]) => !questions.has(name));
  }
}

/** Asserts that a call by JSON-RPC fails with a number and a sentence. */
export async function fails(
  t: ExecutionContext,
  answer: Promise<JsonRpcAnswer>,
  code: number,
  sentence: RegExp,
): Promise<void> {
  const { error, result } = await answer;
  t.is(result, undefined);
  t.is(error?.code, code);
  t.regex(error?.data?.error_string ?? error?.message ?? "", sentence);
}

/** Rows with the numbers 1, 2, … and hashes of their digits. */
export function numberedRows(
  count: number,
  more: (number: number) => Partial<TorrentRow> = () => ({}),
): TorrentRow[] {
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    return exampleRow({ torrent: hashOf(number), number, queuePosition: index, ...more(number) });
  });
}

/** The info-hash of the torrent with a number in {@link numberedRows}. */
export function hashOf(number: number): string {
  return number.toString(16).padStart(40, "0");
}

// The words NAME=VALUE of `troupe set`.

import {
  liveRows,
  passes,
  readWord,
  wordText,
  type SettingRow,
  type SettingRows,
} from "@troupe/control";
import { cleanText, suggestion } from "@troupe/protocol/text";
import { readPeriod } from "./limit-period.ts";
import { UsageError } from "./usage-error.ts";

/** Changes of settings by their keys, such as `limits.down`; null: the setting is no longer set. */
export type WrittenChanges = Readonly<Record<string, unknown>>;

/**
 * Reads changes of settings. A value is the word of the setting's option, such as `5M`, or JSON.
 *
 * @param rows The settings of a torrent, or of the engine.
 * @param unset Names of settings that are no longer set.
 * @throws {UsageError}
 */
export function readChanges(
  rows: SettingRows,
  words: readonly string[],
  unset: readonly string[],
): WrittenChanges {
  const settable = changeableRows(rows);
  const changes = [
    ...words.map((word) => readChange(settable, word)),
    ...unset.map((name) => [knownName(settable, name), null] as const),
  ];
  const names = changes.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new UsageError(`${twice} was given twice`, "set");
  return Object.fromEntries(changes);
}

/** The settings that change at run time, but for those of the library. */
export function changeableRows(rows: SettingRows): SettingRows {
  const entries = Object.entries(liveRows(rows)).filter(([, { right }]) => right !== "library");
  return Object.fromEntries(entries);
}

function readChange(rows: SettingRows, word: string): readonly [name: string, value: unknown] {
  const at = word.indexOf("=");
  if (at < 1) {
    const seen = cleanText(word, 60);
    throw new UsageError(`set takes settings like limits.down=5M, not "${seen}"`, "set");
  }
  const name = knownName(rows, word.slice(0, at));
  const row = rows[name];
  const text = word.slice(at + 1);
  const value = row && readValue(name, row, text);
  if (row !== undefined && value === undefined) throw wrongValue(name, row, text);
  return [name, value];
}

function knownName(rows: SettingRows, name: string): string {
  if (Object.hasOwn(rows, name)) return name;
  const meant = suggestion(name.slice(0, 60), Object.keys(rows));
  throw new UsageError(`there is no setting ${cleanText(name, 60)} to change${meant}`, "set");
}

/** Undefined: the setting takes no such value. */
function readValue(name: string, { gate }: SettingRow, text: string): unknown {
  // `labels=` lists nothing.
  if (gate.kind === "list" && text === "") return passes(gate, []) ? [] : undefined;
  if (/^[[{]/.test(text)) return readJson(gate, text);
  if (name === "limits.schedule") return text.split(",").map(readPeriod);
  return readWord(gate, text);
}

/** A value that no word can say. */
function readJson(gate: SettingRow["gate"], text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return passes(gate, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function wrongValue(name: string, { gate }: SettingRow, text: string): UsageError {
  return new UsageError(`${name} takes ${wordText(gate)}, not "${cleanText(text, 60)}"`, "set");
}

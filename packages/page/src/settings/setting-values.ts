// Values of settings as fields of a form have them: what is shown, and what is sent.

import { parseBytes, parseTime } from "@troupe/control/quantities";
import { wordsOf } from "../text/search-words.ts";

/** A setting, as `/api/v1/setting-rows` describes it. */
export interface SettingRow {
  readonly name: string;
  readonly group: string;
  readonly text: string;
  readonly kind: string;
  readonly itemKind?: string;
  readonly unit?: "bytes" | "bytes/s" | "s" | "ms";
  readonly allowed: string;
  readonly words?: readonly string[];
  readonly default?: unknown;
  readonly isLive: boolean;
  readonly right: "control" | "local";
}

/** Whether a program elsewhere may change the setting while the engine runs. */
export function mayBeChanged({ isLive, right }: Pick<SettingRow, "isLive" | "right">): boolean {
  return isLive && right === "control";
}

/** Settings by their groups. */
export type NestedSettings = Readonly<Record<string, unknown>>;

/** The form of a field. */
type FieldKind = "checkbox" | "choice" | "lines" | "json" | "text";

/** The field that a setting is changed by. */
export function fieldKind({ itemKind, kind }: Pick<SettingRow, "itemKind" | "kind">): FieldKind {
  if (kind === "flag") return "checkbox";
  if (kind === "word") return "choice";
  if (kind === "list") return itemKind === "text" ? "lines" : "json";
  return ["map", "record", "either"].includes(kind) ? "json" : "text";
}

/** The set value of a setting; undefined where its default holds. @param values Nested: `{ limits: { down: 5 } }`. */
export function settingIn(values: NestedSettings, name: string): unknown {
  const [folder = "", leaf] = name.split(".", 2);
  const value = values[folder];
  if (leaf === undefined) return value;
  return typeof value === "object" && value !== null ? (value as NestedSettings)[leaf] : undefined;
}

/** The arguments that change a setting. @param value `null` gives it its default. */
export function settingChange(name: string, value: unknown): NestedSettings {
  const [folder = "", leaf] = name.split(".", 2);
  return { [folder]: leaf === undefined ? value : { [leaf]: value } };
}

/** A value as the text of a field. An absent value is empty. */
export function fieldText(
  row: Pick<SettingRow, "itemKind" | "kind" | "unit">,
  value: unknown,
): string {
  if (value === undefined || value === null) return "";
  switch (fieldKind(row)) {
    case "json":
      return JSON.stringify(value, null, 1);
    case "lines":
      return Array.isArray(value) ? value.map(String).join("\n") : "";
    case "checkbox":
    case "choice":
    case "text":
      return typeof value === "number" && isBytes(row.unit) ? withLetter(value) : plainText(value);
  }
}

/**
 * The value of a text. The service refuses wrong ones, with a sentence: a text that is no number stays a text.
 *
 * @returns `null` for an empty text, which gives the setting its default.
 */
export function valueOfText(
  row: Pick<SettingRow, "itemKind" | "kind" | "unit">,
  text: string,
): unknown {
  const trimmed = text.trim();
  const kind = fieldKind(row);
  if (kind === "lines") {
    const lines = text.split("\n").map((line) => line.trim());
    return lines.filter((line) => line !== "");
  }
  if (trimmed === "") return null;
  if (kind === "json") return jsonIn(trimmed);
  return ["bytes", "duration", "ratio", "rate", "whole", "figure"].includes(row.kind)
    ? numberIn(trimmed, row.unit)
    : trimmed;
}

/** Rows that have all words of a search in their name or their text. */
export function foundRows<Row extends Pick<SettingRow, "name" | "text">>(
  rows: readonly Row[],
  search: string,
): readonly Row[] {
  const words = wordsOf(search);
  return rows.filter(({ name, text }) => {
    const all = `${name} ${text}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

function numberIn(text: string, unit: SettingRow["unit"]): unknown {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  if (isBytes(unit)) return parseBytes(text.replace(/\/s$/, "")) ?? text;
  const ms = unit === "s" || unit === "ms" ? parseTime(text) : undefined;
  if (ms === undefined) return text;
  return unit === "s" ? ms / 1_000 : ms;
}

function isBytes(unit: SettingRow["unit"]): boolean {
  return unit === "bytes" || unit === "bytes/s";
}

/** `800k` for 819200: the largest letter that leaves a whole number. */
function withLetter(bytes: number): string {
  let [value, letter] = [bytes, ""];
  for (const next of ["k", "M", "G", "T"]) {
    if (value === 0 || value % 1_024 !== 0) break;
    value /= 1_024;
    letter = next;
  }
  return `${value}${letter}`;
}

function plainText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

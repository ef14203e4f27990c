// Values of settings: the options of a program as leaves of a table, checked, changed, and read level by level.

import { outOfRange, spelled } from "../checked-values.ts";
import { checkValue, passes } from "../gates/check-gate.ts";
import { record, type RecordGate } from "../gates/gate.ts";
import { refuseUnknownNames } from "../known-names.ts";
import type { SettingRow, SettingRows, SettingValues, ValueInForce } from "./setting-row.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * Checks the settings among the options of a program.
 *
 * @param others Names of options that are no settings.
 * @returns The set leaves. An option that is undefined is not set.
 * @throws TroupeError `option-unknown`, `option-out-of-range`
 */
export function checkSettings<Rows extends SettingRows>(
  rows: Rows,
  options: unknown,
  others: readonly string[] = [],
): SettingValues<Rows> {
  return checked(rows, options, others, false) as SettingValues<Rows>;
}

/**
 * Checks changes of settings: `null`, also of a whole folder such as `goals`, ends that a setting is set.
 *
 * @throws TroupeError `option-unknown`, `option-out-of-range`
 */
export function checkChanges(rows: SettingRows, options: unknown): Values {
  return checked(rows, options, [], true);
}

/** Changes that replace a folder of settings: those that are not given are no longer set. */
export function replaceFolder(rows: SettingRows, folder: string, options: object): object {
  const unset = namesIn(rows, folder).map((name) => [name, null] as const);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { [folder]: Object.fromEntries([...unset, ...given]) };
}

/** The set values of a folder of settings. */
export function settingsIn(values: object, folder: string): object {
  const start = `${folder}.`;
  const found = Object.entries(values).filter(([name]) => name.startsWith(start));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(start.length), value]));
}

/** The gate of an object with settings: those in a folder, such as `goals`, are in an object of their own. */
export function settingsGate(rows: SettingRows): RecordGate<{}, never> {
  const fields = optionNames(rows).map(
    (name) =>
      [name, rowOf(rows, name)?.gate ?? settingsGate({ ...settingsIn(rows, name) })] as const,
  );
  return record(Object.fromEntries(fields));
}

/** The settings that options leave: not those in a folder that the options give, such as `goals`. */
export function settingsBeside<Of extends object>(values: Of, options: object): Of {
  const given: Values = { ...options };
  const left = Object.entries(values).filter(([name]) => {
    const [folder = ""] = name.split(".", 1);
    return folder === name || given[folder] === undefined;
  });
  return Object.fromEntries(left) as Of;
}

/** The settings after a change. */
export function changeValues<Of extends object>(values: Of, changes: object): Of {
  const all = Object.entries({ ...values, ...changes });
  return Object.fromEntries(all.filter(([, value]) => value !== null)) as Of;
}

/** The changes that lead from some values to others. */
export function changesBetween(before: object, after: object): Values {
  const [old, now]: [Values, Values] = [{ ...before }, { ...after }];
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  const changed = [...names].filter((name) => old[name] !== now[name]);
  return Object.fromEntries(changed.map((name) => [name, now[name] ?? null]));
}

/** The value in force of a setting: of the first level that sets it, else its default. */
export function valueInForce<Rows extends SettingRows, Name extends keyof Rows & string>(
  rows: Rows,
  name: Name,
  ...levels: readonly object[]
): ValueInForce<Rows[Name]> {
  const all: readonly Values[] = levels as readonly Values[];
  const level = all.find((values) => values[name] !== undefined);
  return (level === undefined ? rows[name]?.default : level[name]) as ValueInForce<Rows[Name]>;
}

/** The rows of settings that change at run time. */
export function liveRows(rows: SettingRows): SettingRows {
  return Object.fromEntries(Object.entries(rows).filter(([, { isLive }]) => isLive));
}

/** The names of a program's options: of a folder of settings its own name. Settings of the library alone are none. */
export function optionNames(rows: SettingRows): string[] {
  const names = Object.keys(rows).filter((name) => rows[name]?.right !== "library");
  return [...new Set(names.map((name) => name.replace(/\..*$/, "")))];
}

/** Unknown settings of a record that are kept. */
const mostUnknown = 100;
/** Lists and objects in each other in a value of an unknown setting. */
const deepestUnknown = 4;

/**
 * The values of a record that pass, and the names of those that do not. Settings of a later release stay: unknown names
 * like those of settings, with values that every reader and thread can take. Other unknown names are left out.
 */
export function readValues(
  rows: SettingRows,
  given: Values,
): { readonly values: Values; readonly wrong: readonly string[] } {
  const isWrong = ([name, value]: [string, unknown]): boolean => {
    const row = rowOf(rows, name);
    return row !== undefined && !passes(row.gate, value);
  };
  const isKnown = ([name]: [string, unknown]): boolean => rowOf(rows, name) !== undefined;
  const entries = Object.entries(given);
  const known = entries.filter(isKnown);
  const unknown = entries.filter((entry) => !isKnown(entry) && isKeepable(entry));
  const right = known.filter((entry) => !isWrong(entry));
  return {
    values: Object.fromEntries([...right, ...unknown.slice(0, mostUnknown)]),
    wrong: known.filter(isWrong).map(([name]) => name),
  };
}

function isKeepable([name, value]: [string, unknown]): boolean {
  return (
    /^[a-z][A-Za-z]{0,39}(?:\.[a-z][A-Za-z]{0,39})?$/.test(name) && isPlain(value, deepestUnknown)
  );
}

function isPlain(value: unknown, deepest: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  const items = Object.values(value);
  return deepest > 0 && items.length <= 1_000 && items.every((item) => isPlain(item, deepest - 1));
}

function checked(
  rows: SettingRows,
  options: unknown,
  others: readonly string[],
  mayEnd: boolean,
): Values {
  const found: Record<string, unknown> = {};
  const given = objectOf("the options", options);
  refuseUnknownNames("option", Object.keys(given), [...optionNames(rows), ...others]);
  for (const [name, value] of Object.entries(given)) {
    if (others.includes(name)) continue;
    for (const [leaf, each] of leavesOf(rows, name, value, mayEnd)) {
      if (each === undefined) continue;
      const row = rowOf(rows, leaf);
      if (row === undefined) throw new Error(`bug: no setting ${leaf}`);
      found[leaf] = each === null && mayEnd ? null : checkValue(row.gate, leaf, each);
    }
  }
  return found;
}

/** The leaves of an option: itself, or the settings in its folder. */
function leavesOf(
  rows: SettingRows,
  name: string,
  value: unknown,
  mayEnd: boolean,
): readonly (readonly [leaf: string, value: unknown])[] {
  if (rowOf(rows, name) !== undefined || value === undefined) return [[name, value]];
  const names = namesIn(rows, name);
  if (value === null && mayEnd) return names.map((each) => [`${name}.${each}`, null]);
  const given = objectOf(name, value);
  refuseUnknownNames("option", Object.keys(given), names);
  return Object.entries(given).map(([each, item]) => [`${name}.${each}`, item]);
}

function objectOf(name: string, value: unknown): Values {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw outOfRange(name, spelled(value), "an object");
}

function rowOf(rows: SettingRows, name: string): SettingRow | undefined {
  return Object.hasOwn(rows, name) ? rows[name] : undefined;
}

function namesIn(rows: SettingRows, folder: string): string[] {
  return Object.keys(settingsIn(rows, folder));
}

// The settings of the engine and of the service, by the table of the service.

import type { VNode } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { question } from "../api/commands.ts";
import { getResult } from "../api/request.ts";
import { answered, type Result } from "../api/result.ts";
import { PolledState } from "../polling/polled-state.tsx";
import { usePolled, type Polled } from "../polling/use-polled.ts";
import { mayControl } from "../state/session.ts";
import { shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import { SettingField } from "./setting-field.tsx";
import {
  foundRows,
  mayBeChanged,
  settingIn,
  type NestedSettings,
  type SettingRow,
} from "./setting-values.ts";

/** Others may change settings, too. */
const periodMs = 15_000;

interface Settings {
  readonly rows: readonly SettingRow[];
  readonly values: NestedSettings;
}

/** The view. */
export function SettingsView(): VNode {
  const polled = useSettings();
  return (
    <section class="view settings-view">
      <h1>{texts.settings.title}</h1>
      {!mayControl.value && <p class="help">{texts.settings.readOnly}</p>}
      <PolledState polled={polled} />
      {polled.value !== undefined && <Found settings={polled.value} again={polled.again} />}
    </section>
  );
}

function Found({
  again,
  settings,
}: {
  readonly settings: Settings;
  readonly again: () => void;
}): VNode {
  const [search, setSearch] = useState("");
  const { rows, values } = settings;
  const found = useMemo(() => foundRows(rows, search), [rows, search]);
  const groups = [...new Set(rows.map(({ group }) => group))];
  const count =
    found.length === 0
      ? texts.settings.none
      : texts.settings.found(found.length, shown.count(found.length));
  return (
    <>
      <label class="settings-search">
        {texts.settings.search}
        <input
          type="search"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      </label>
      <p class="help" role="status">
        {count}
      </p>
      {groups.map((group) => (
        <Group
          key={group}
          group={group}
          rows={inOrder(found.filter((row) => row.group === group))}
          values={values}
          again={again}
        />
      ))}
    </>
  );
}

interface GroupProps {
  readonly group: string;
  readonly rows: readonly SettingRow[];
  readonly values: NestedSettings;
  readonly again: () => void;
}

function Group({ again, group, rows, values }: GroupProps): VNode | null {
  if (rows.length === 0) return null;
  return (
    <section class="panel setting-group">
      <h2>{texts.settings.groups[group] ?? group}</h2>
      {rows.map((row) => (
        <SettingField key={row.name} row={row} value={settingIn(values, row.name)} saved={again} />
      ))}
    </section>
  );
}

/** Settings that can be changed here come first. */
function inOrder(rows: readonly SettingRow[]): readonly SettingRow[] {
  return rows.toSorted((one, other) => Number(mayBeChanged(other)) - Number(mayBeChanged(one)));
}

/** The rows stay the same while the service runs: the view asks for them once, and for the values again and again. */
function useSettings(): Polled<Settings> {
  const known = useRef<readonly SettingRow[]>(undefined);
  const ask = async (signal: AbortSignal): Promise<Result<Settings>> => {
    const [rows, values] = await Promise.all([
      known.current === undefined
        ? getResult<readonly SettingRow[]>("setting-rows", signal)
        : answered(known.current),
      question("engine-settings", signal),
    ]);
    if (rows.kind === "failure") return rows;
    known.current = rows.value;
    if (values.kind === "failure") return values;
    return answered({ rows: rows.value, values: values.value as NestedSettings });
  };
  return usePolled("settings", ask, periodMs);
}

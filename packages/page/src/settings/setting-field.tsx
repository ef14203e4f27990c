// A setting: its meaning, its field, and what the service says about a value that it refuses.

import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { run } from "../api/commands.ts";
import { announce } from "../frame/live-region.tsx";
import { FailureLine } from "../frame/failure-line.tsx";
import type { Failure } from "../api/result.ts";
import { mayControl } from "../state/session.ts";
import { cleaned } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import {
  fieldKind,
  fieldText,
  mayBeChanged,
  settingChange,
  valueOfText,
  type SettingRow,
} from "./setting-values.ts";
import { CodeText } from "./code-text.tsx";
import { ValueField } from "./value-field.tsx";

interface FieldProps {
  readonly row: SettingRow;
  /** Undefined: the default holds. */
  readonly value: unknown;
  readonly saved: () => void;
}

/** The setting, with a form where this caller may change it. */
export function SettingField({ row, saved, value }: FieldProps): VNode {
  const { name, text } = row;
  const mayChange = mayControl.value && mayBeChanged(row);
  return (
    <div class="setting">
      <h3 id={`title-${name}`} translate={false}>
        {name}
      </h3>
      <p id={`text-${name}`} lang="en" translate={false}>
        <CodeText text={cleaned(text)} />
      </p>
      {mayChange ? (
        <Form row={row} value={value} saved={saved} />
      ) : (
        <ReadOnly row={row} value={value} />
      )}
    </div>
  );
}

function Form({ row, saved, value }: FieldProps): VNode {
  const { name } = row;
  const current = fieldText(row, value ?? row.default);
  const [typed, setTyped] = useState<string>();
  const [failure, setFailure] = useState<Failure>();
  // The failure ends once the setting has another value. The text that is being typed stays.
  useEffect(() => setFailure(undefined), [current]);
  const send = async (change: unknown): Promise<void> => {
    const answer = await run("set-engine", settingChange(name, change));
    if (answer.kind === "failure") {
      setFailure(answer.failure);
      announce(texts.settings.notSaved(name));
      return;
    }
    setFailure(undefined);
    setTyped(undefined);
    announce(texts.settings.saved(name));
    saved();
  };
  const save = (text: string): void => void send(changeOf(row, text));
  return (
    <form
      class="setting-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed !== undefined && typed !== current) save(typed);
      }}
    >
      <ValueField
        row={row}
        text={typed ?? current}
        isWrong={failure !== undefined}
        // A box is saved at once, other values by the button.
        changed={fieldKind(row) === "checkbox" ? save : setTyped}
      />
      <Buttons
        row={row}
        isChanged={typed !== undefined && typed !== current}
        isSet={value !== undefined}
        reset={() => void send(null)}
      />
      <FailureLine failure={failure} id={`failure-${name}`} />
      <Hints row={row} isUnset={value === undefined} />
    </form>
  );
}

function changeOf(row: SettingRow, text: string): unknown {
  return fieldKind(row) === "checkbox" ? text === "true" : valueOfText(row, text);
}

interface ButtonProps {
  readonly row: SettingRow;
  readonly isChanged: boolean;
  readonly isSet: boolean;
  readonly reset: () => void;
}

function Buttons({ isChanged, isSet, reset, row }: ButtonProps): VNode {
  const { settings } = texts;
  return (
    <span class="setting-buttons">
      {fieldKind(row) !== "checkbox" && (
        <button
          type="submit"
          class="primary"
          aria-disabled={!isChanged}
          aria-label={settings.saveOf(row.name)}
        >
          {settings.save}
        </button>
      )}
      {isSet && (
        <button type="button" class="quiet" aria-label={settings.resetOf(row.name)} onClick={reset}>
          {settings.reset}
        </button>
      )}
    </span>
  );
}

/** The default, the unit, and the values that are allowed. */
function Hints({ isUnset, row }: { readonly row: SettingRow; readonly isUnset: boolean }): VNode {
  const { allowed, kind, name, unit } = row;
  const { settings } = texts;
  const usual =
    row.default === undefined
      ? settings.noDefault
      : settings.usual(fieldText(row, row.default) || settings.unset);
  return (
    <p class="setting-hints help" id={`hints-${name}`}>
      {unit !== undefined && <span>{settings.units[unit]}</span>}
      <span>{usual}</span>
      {isUnset && <span>{settings.isDefault}</span>}
      {!["flag", "word"].includes(kind) && (
        <span lang="en" translate={false}>
          {settings.allowed(cleaned(allowed))}
        </span>
      )}
    </p>
  );
}

function ReadOnly({ row, value }: Pick<FieldProps, "row" | "value">): VNode {
  const { settings } = texts;
  const isShown = mayBeChanged(row);
  return (
    <>
      {isShown && (
        <p class="setting-value" translate={false}>
          {cleaned(fieldText(row, value ?? row.default)) || settings.unset}
        </p>
      )}
      <Hints row={row} isUnset={isShown && value === undefined} />
      {!isShown && (
        <p class="help">{row.right === "control" ? settings.restartOnly : settings.localOnly}</p>
      )}
    </>
  );
}

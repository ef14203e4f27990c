// The field of a setting, by the kind of its values.

import type { VNode } from "preact";
import { texts } from "../text/text.ts";
import { fieldKind, type SettingRow } from "./setting-values.ts";

interface FieldProps {
  readonly row: SettingRow;
  readonly text: string;
  /** The service has refused the value: the sentence about it is `failure-NAME`. */
  readonly isWrong: boolean;
  readonly changed: (text: string) => void;
}

/** The field. Its name is the heading of the setting, and its description the meaning. */
export function ValueField({ changed, isWrong, row, text }: FieldProps): VNode {
  const { name, words = [] } = row;
  const shared = {
    "aria-labelledby": `title-${name}`,
    "aria-describedby": `text-${name} hints-${name}${isWrong ? ` failure-${name}` : ""}`,
    "aria-invalid": isWrong,
  };
  switch (fieldKind(row)) {
    case "checkbox":
      return (
        <label class="setting-switch">
          <input
            type="checkbox"
            {...shared}
            checked={text === "true"}
            onChange={(event) => changed(String(event.currentTarget.checked))}
          />
          <span aria-hidden="true">{text === "true" ? texts.settings.on : texts.settings.off}</span>
        </label>
      );
    case "choice":
      return (
        <select {...shared} value={text} onChange={(event) => changed(event.currentTarget.value)}>
          {text === "" && <option value="">{texts.settings.unset}</option>}
          {words.map((word) => (
            <option key={word} value={word} translate={false}>
              {word}
            </option>
          ))}
        </select>
      );
    case "lines":
    case "json":
      return (
        <span class="setting-long">
          <textarea
            {...shared}
            rows={Math.min(8, Math.max(2, text.split("\n").length))}
            spellcheck={false}
            value={text}
            onInput={(event) => changed(event.currentTarget.value)}
          />
          <span class="help">
            {fieldKind(row) === "lines" ? texts.settings.lines : texts.settings.json}
          </span>
        </span>
      );
    case "text":
      return (
        <input
          type="text"
          {...shared}
          spellcheck={false}
          autocomplete="off"
          value={text}
          onInput={(event) => changed(event.currentTarget.value)}
        />
      );
  }
}

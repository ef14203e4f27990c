// Choices above plots: which group, measure or phase they show.

import { element } from "./elements.ts";

/** A choice: label and options (value and text). */
export interface Choice {
  readonly label: string;
  readonly options: readonly (readonly [value: string, text: string])[];
}

let choices = 0;

/** Shows `make` of the chosen values, and again whenever a choice changes. Choices with one option are not shown. */
export function chosen(
  list: readonly Choice[],
  make: (values: readonly string[]) => readonly HTMLElement[],
): HTMLElement {
  const selects = list.map(({ options }) =>
    element("select", {}, ...options.map(([value, text]) => element("option", { value }, text))),
  );
  const labels = list.flatMap(({ label, options }, index) => {
    const select = selects[index];
    if (options.length < 2 || select === undefined) return [];
    choices += 1;
    select.id = `choice-${choices}`;
    return [element("span", {}, element("label", { for: select.id }, label), select)];
  });
  const body = element("div", { class: "figures" });
  const show = () => body.replaceChildren(...make(selects.map(({ value }) => value)));
  for (const select of selects) select.addEventListener("change", show);
  show();
  const bar = labels.length === 0 ? undefined : element("div", { class: "choices" }, ...labels);
  return element("div", {}, ...(bar === undefined ? [] : [bar]), body);
}

/** Names as options. */
export function optionsOf(
  names: readonly string[],
  text: (name: string) => string,
): Choice["options"] {
  return [...new Set(names)].map((name) => [name, text(name)] as const);
}

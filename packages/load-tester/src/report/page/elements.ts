// Elements of the page. Texts become text nodes: nothing is ever parsed as HTML.

/** A child of an element. */
export type Child = Node | string | undefined;

/** Makes an element. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

let sections = 0;

/** A section with its heading. */
export function section(title: string, lead: string, ...children: readonly Child[]): HTMLElement {
  sections += 1;
  const id = `section-${sections}`;
  return element(
    "section",
    { id, "aria-labelledby": `${id}-title` },
    element("h2", { id: `${id}-title` }, title),
    lead === "" ? undefined : element("p", { class: "lead" }, lead),
    ...children,
  );
}

/** A mark beside a latency of a closed load, or of an open one. */
export function loadMark(isClosed: boolean, text = isClosed ? "closed" : "open"): HTMLElement {
  const title = isClosed
    ? "Closed load: the next request waits for an answer, so a slow target is asked less often"
    : "Open load: latencies count from the intended time";
  return element("span", { class: isClosed ? "mark closed" : "mark", title }, text);
}

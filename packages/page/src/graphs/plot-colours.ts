// The colours of plots, read from the styles: those of the scheme, or of the system where it forces its own.

/** Names of the custom properties of plots. */
export type PlotColour =
  | "--plot-down"
  | "--plot-fill"
  | "--plot-grid"
  | "--plot-text"
  | "--plot-up";

/** The colour behind a custom property now. @param inside The element whose styles count. */
export function colourIn(inside: HTMLElement, property: PlotColour): string {
  const probe = document.createElement("i");
  probe.hidden = true;
  probe.style.color = `var(${property})`;
  inside.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Calls back when the colours change. @returns Ends it. */
export function onColours(changed: () => void): () => void {
  const queries = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) =>
    matchMedia(query),
  );
  for (const query of queries) query.addEventListener("change", changed);
  return () => {
    for (const query of queries) query.removeEventListener("change", changed);
  };
}

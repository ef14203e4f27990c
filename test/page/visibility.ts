// The visibility of a tab, as the page reads it.

/** An expression that makes the tab hidden or visible for the page. */
export function visibilityScript(state: "hidden" | "visible"): string {
  return `{
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "${state}" });
    document.dispatchEvent(new Event("visibilitychange"));
  }`;
}

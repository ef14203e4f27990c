// Heights of bars that stay in sight as the page scrolls: what is below them begins at their end, however long their texts are.

import { useEffect } from "preact/hooks";

/** Keeps the height of an element in a variable of the style. @param variable Begins with `--`. */
export function useMeasuredHeight(
  element: { readonly current: HTMLElement | null },
  variable: string,
): void {
  useEffect(() => {
    const { current } = element;
    if (current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      const heightPx = entry?.borderBoxSize[0]?.blockSize ?? 0;
      document.documentElement.style.setProperty(variable, `${heightPx}px`);
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
}

// Loads the parts of the page that come after the first rows.

import { signal } from "@preact/signals";
import type { ComponentType, VNode } from "preact";
import { useEffect } from "preact/hooks";
import { texts } from "../text/text.ts";

type LaterParts = typeof import("./later.ts");

/** A file that did not come is asked for again after this time. */
const retryMs = 1_000;

const loaded = signal<LaterParts | undefined>(undefined);
let loading: Promise<LaterParts> | undefined;

/** Loads the parts, once. Never rejects: a load that fails is tried again. */
export function loadLater(): Promise<LaterParts> {
  return (loading ??= load());
}

async function load(): Promise<LaterParts> {
  for (;;) {
    try {
      // One try after the other. oxlint-disable-next-line no-await-in-loop
      const parts = await import("./later.ts");
      loaded.value = parts;
      return parts;
    } catch {
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

/** A component of the later parts: a line stands in its place until they are there. */
export function laterPart<Props extends object>(
  choose: (parts: LaterParts) => ComponentType<Props>,
): ComponentType<Props> {
  return function LaterPart(props: Props): VNode {
    const parts = loaded.value;
    useEffect(() => void loadLater(), []);
    if (parts === undefined) return <p class="help">{texts.frame.loading}</p>;
    const Part = choose(parts);
    return <Part {...props} />;
  };
}

// Sentences for screen readers: events that a sighted user sees.

import { signal } from "@preact/signals";
import type { VNode } from "preact";

const sentence = signal("");

/** Tells a sentence to screen readers, once they are silent. */
export function announce(text: string): void {
  // A sentence that comes again is a change, too.
  sentence.value = sentence.value === text ? `${text}\u00a0` : text;
}

/** The region that screen readers listen to. */
export function LiveRegion(): VNode {
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {sentence}
    </div>
  );
}

// The last failure of an act, until it is dismissed or the next act succeeds.

import { signal } from "@preact/signals";
import type { VNode } from "preact";
import { texts } from "../text/text.ts";
import { Icon } from "./icon.tsx";

const problem = signal<string | undefined>(undefined);

/** Shows a failure; undefined ends it. */
export function showProblem(sentence: string | undefined): void {
  problem.value = sentence;
}

/** The failure. */
export function Notice(): VNode {
  return (
    <div role="alert" class="notice-place">
      {problem.value !== undefined && (
        <div class="notice">
          <Icon name="error" />
          <p translate={false}>{problem.value}</p>
          <button
            type="button"
            class="quiet square"
            aria-label={texts.acts.dismiss}
            onClick={() => showProblem(undefined)}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}

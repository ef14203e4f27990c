import type { VNode } from "preact";
import { FailureLine } from "../frame/failure-line.tsx";
import { texts } from "../text/text.ts";
import type { Polled } from "./use-polled.ts";

/** The sentence for an answer that has not come, or that comes no longer; nothing while all is well. */
export function PolledState({ polled }: { readonly polled: Polled<unknown> }): VNode | null {
  const { failure, value } = polled;
  if (failure !== undefined) return <FailureLine failure={failure} />;
  return value === undefined ? <p class="help">{texts.frame.loading}</p> : null;
}

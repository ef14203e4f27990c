import type { VNode } from "preact";
import type { Failure } from "../api/result.ts";
import { failureText } from "./failure-text.ts";

interface LineProps {
  readonly failure: Failure | undefined;
  /** The id by which a field names the line as its description. */
  readonly id?: string;
}

/** The sentence of a failed call, which screen readers tell at once; nothing without a failure. */
export function FailureLine({ failure, id }: LineProps): VNode | null {
  if (failure === undefined) return null;
  return (
    <p id={id} class="problem" role="alert" translate={false}>
      {failureText(failure)}
    </p>
  );
}

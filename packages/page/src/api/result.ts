/** An answer of the service, or why there is none. */
export type Result<Value> =
  | { readonly kind: "answer"; readonly value: Value }
  | { readonly kind: "failure"; readonly failure: Failure };

/** A call that failed. */
export interface Failure {
  /** A code of docs/errors.md; empty where no answer came. */
  readonly code: string;
  /** A sentence of the service, in English; empty where no answer came. */
  readonly message: string;
  /** The HTTP status; 0 where no answer came. */
  readonly status: number;
  /** Seconds to wait, after too many wrong passwords. */
  readonly retryAfterSeconds: number | undefined;
}

/** The body of an answer to a command or a question. */
export interface ResultBody<Value> {
  readonly result: Value;
}

/** An answer. */
export function answered<Value>(value: Value): Result<Value> {
  return { kind: "answer", value };
}

/** A failed call. */
export function failed(failure: Partial<Failure> & Pick<Failure, "code">): Result<never> {
  return {
    kind: "failure",
    failure: { message: "", status: 0, retryAfterSeconds: undefined, ...failure },
  };
}

/** The value in the body of an answer. */
export function resultOf<Value>(answer: Result<ResultBody<Value>>): Result<Value> {
  return answer.kind === "failure" ? answer : answered(answer.value.result);
}

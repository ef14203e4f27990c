// Events of a process of tests, from the messages of ava's worker.

/** The events that the runner reads. */
export type TestEvent =
  | { readonly type: "passed"; readonly title: string; readonly ms: number }
  | { readonly type: "failed"; readonly title: string; readonly ms: number; readonly text: string }
  /** Declared, also if it is left out. */
  | { readonly type: "known"; readonly title: string }
  /** Chosen to run. */
  | { readonly type: "declared"; readonly title: string }
  | { readonly type: "skipped"; readonly title: string }
  /** Something beside a test has failed: a hook, an exception, a rejection, the process. */
  | { readonly type: "crashed"; readonly text: string };

/** The fields of ava's messages that are read. */
export interface AvaMessage {
  readonly type: string;
  readonly title?: string;
  readonly duration?: number;
  readonly skip?: boolean;
  readonly stack?: string;
  readonly err?: AvaError;
  readonly logs?: readonly string[];
}

interface AvaError {
  readonly message?: string;
  readonly stack?: string;
  /** The text of a value that is no error. */
  readonly formattedError?: string;
  /** The values of an assertion, or their difference. */
  readonly formattedDetails?: readonly { readonly label: string; readonly formatted: string }[];
  readonly formattedCause?: string | null;
  readonly errors?: readonly AvaError[];
}

const mostText = 6_000;

/** The event of a message; undefined for those that the runner does not read. */
export function eventOf(message: AvaMessage): TestEvent | undefined {
  const { title = "", duration: ms = 0 } = message;
  switch (message.type) {
    case "declared-test":
      return { type: "known", title };
    case "selected-test":
      return message.skip === true ? { type: "skipped", title } : { type: "declared", title };
    case "test-passed":
      return { type: "passed", title, ms };
    case "test-failed":
      return { type: "failed", title, ms, text: textOf(message) };
    case "hook-failed":
    case "internal-error":
    case "missing-ava-import":
    case "process-exit":
    case "uncaught-exception":
    case "unhandled-rejection":
      return { type: "crashed", text: `${message.type}: ${title}\n${textOf(message)}` };
    default:
      return undefined;
  }
}

function textOf({ err, logs = [], stack }: AvaMessage): string {
  const parts = [...logs, ...(err === undefined ? [stack] : errorText(err))];
  return parts
    .filter((part) => part !== undefined && part !== "")
    .join("\n")
    .slice(0, mostText);
}

function errorText(error: AvaError): (string | undefined)[] {
  const { errors = [], formattedCause, formattedDetails = [], formattedError, stack } = error;
  const message = error.message ?? "";
  return [
    formattedError,
    stack?.includes(message) === true ? undefined : message,
    ...formattedDetails.map(({ formatted, label }) => `${label}\n${formatted}`),
    formattedCause ?? undefined,
    ownLines(stack),
    ...errors.flatMap(errorText),
  ];
}

/** A stack without the lines of ava and of Node's queues. */
function ownLines(stack: string | undefined): string | undefined {
  const lines = stack?.split("\n");
  return lines?.filter((line) => !/\/node_modules\/ava\/|\(node:internal/.test(line)).join("\n");
}

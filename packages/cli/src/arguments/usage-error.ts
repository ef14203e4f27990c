/** An invalid command line (exit 2). The message is a sentence. */
export class UsageError extends Error {
  readonly code = "wrong-usage";
  /** Undefined: see the overview. */
  readonly command: string | undefined;

  constructor(message: string, command?: string) {
    super(message);
    this.name = "UsageError";
    this.command = command;
  }
}

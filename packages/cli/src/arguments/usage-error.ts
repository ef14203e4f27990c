/** The command line is invalid (exit 2). The message is a sentence. */
export class UsageError extends Error {
  readonly code = "wrong-usage";
  /** Undefined refers to the overview. */
  readonly command: string | undefined;

  constructor(message: string, command?: string) {
    super(message);
    this.name = "UsageError";
    this.command = command;
  }
}

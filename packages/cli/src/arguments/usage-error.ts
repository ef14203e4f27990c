/** The command line cannot be understood: exit 2. The message is one sentence about what was written. */
export class UsageError extends Error {
  readonly code = "wrong-usage";
  /** The command whose help is of use here, or undefined for the overview. */
  readonly command: string | undefined;

  constructor(message: string, command?: string) {
    super(message);
    this.name = "UsageError";
    this.command = command;
  }
}

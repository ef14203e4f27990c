/** The command line cannot be understood: exit 2. The message is one sentence about what was written. */
export class UsageError extends Error {
  readonly code = "wrong-usage";
  /** The call whose help is of use here, or undefined for the overview. */
  readonly call: string | undefined;

  constructor(message: string, call?: string) {
    super(message);
    this.name = "UsageError";
    this.call = call;
  }
}

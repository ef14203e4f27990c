/** `code` is `record-damaged`, `record-foreign` or `record-newer`. */
export class RecordError extends Error {
  readonly code: string;

  constructor(code: string, why: string) {
    super(`cannot use the record of a job: ${why}`);
    this.name = "RecordError";
    this.code = code;
  }
}

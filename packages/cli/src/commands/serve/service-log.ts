// The log of a service: one line an event, with its severity where the journal of systemd reads it.

import type { Environment } from "../../environment.ts";
import type { Reporter } from "../../report/reporter.ts";

/** Prefixes that systemd reads (sd-daemon(3)). */
const prefixes = { warn: "<4>", note: "<6>" } as const;

/** Writes the lines of a service. */
export class ServiceLog {
  readonly #reporter: Reporter;
  readonly #isJournal: boolean;

  constructor(reporter: Reporter, { variables }: Pick<Environment, "variables">) {
    this.#reporter = reporter;
    this.#isJournal = (variables["JOURNAL_STREAM"] ?? "") !== "";
  }

  note(sentence: string): void {
    this.event("note", sentence);
  }

  warn(sentence: string): void {
    this.event("warn", sentence);
  }

  event(severity: keyof typeof prefixes, sentence: string): void {
    const prefix = this.#isJournal ? prefixes[severity] : "";
    this.#reporter.note(`${prefix}troupe: ${sentence}`);
  }

  /** A secret, for a terminal alone: never for a journal or a file. */
  show(sentence: string): void {
    this.#reporter.note(`troupe: ${sentence}`);
  }
}

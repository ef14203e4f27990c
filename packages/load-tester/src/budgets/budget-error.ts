import { TroupeError } from "@troupe/control";
import { cleanText } from "@troupe/protocol/text";

/** A budget that cannot be read, or that names something that the scenario has not. */
export class BudgetError extends TroupeError {
  /** In the budget's text, from 1. */
  readonly column: number;
  /** The fault alone, a clause without the budget's text and without a full stop. */
  readonly reason: string;

  constructor(text: string, column: number, reason: string) {
    const shown = cleanText(text, 200);
    super("budget-malformed", `budget "${shown}" is wrong at column ${column}: ${reason}`, {
      details: { text: shown, column },
    });
    this.name = "BudgetError";
    this.column = column;
    this.reason = reason;
  }
}

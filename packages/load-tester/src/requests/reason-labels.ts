/** Different reasons of a target that are counted by name. */
const maxReasons = 8;
const maxReasonLength = 80;

/** Labels for the reasons that a target gives. A target that invents a new one each time gets few. */
export class ReasonLabels {
  readonly #reasons = new Set<string>();

  /** @param reason Cleaned. @returns `refused: reason`; `refused` without a reason, and for further ones. */
  label(reason: string): string {
    const text = reason.slice(0, maxReasonLength);
    if (!this.#reasons.has(text)) {
      if (text === "" || this.#reasons.size >= maxReasons) return "refused";
      this.#reasons.add(text);
    }
    return `refused: ${text}`;
  }
}

import type { Why, WhyCode } from "@troupe/messages";

/** The first peers may come, and have not yet. */
export const beginningMs = 5_000;

/** A reason. @param message Without a full stop. */
export function why(code: WhyCode, message: string): Why {
  return { code, message };
}

/** `1 piece`, `2 pieces`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

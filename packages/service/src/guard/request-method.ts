import { refuse, type Refusal } from "./refusal.ts";
import { shownText } from "./shown-text.ts";

/** Methods that a link, an image and a prefetch of a browser never send. */
const changingMethods = ["POST", "PUT", "PATCH", "DELETE"];

/**
 * Holds that only these methods change something.
 * @param changes The route changes something.
 * @returns The refusal `method-not-allowed`; undefined for an allowed method.
 */
export function refuseMethod(method: string, changes: boolean): Refusal | undefined {
  if (!changes || changingMethods.includes(method)) return undefined;
  const allow = changingMethods.join(", ");
  const message = `cannot change anything by ${shownText(method, 20)}: allowed are ${allow}`;
  return { ...refuse(405, "method-not-allowed", message), allow };
}

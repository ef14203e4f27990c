import { refuse, type Refusal } from "./refusal.ts";

/**
 * Holds that GET and HEAD change nothing: a link, an image and a prefetch of a browser send them.
 * @param changes The route changes something.
 * @returns The refusal `method-not-allowed`; undefined for an allowed method.
 */
export function refuseMethod(method: string, changes: boolean): Refusal | undefined {
  const isRead = method === "GET" || method === "HEAD";
  if (!isRead || !changes) return undefined;
  const message = `cannot change anything by ${method}: allowed are methods with a body, such as POST`;
  return refuse(405, "method-not-allowed", message);
}

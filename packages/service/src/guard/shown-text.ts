import { cleanText } from "@troupe/protocol/text";

/** A part of a request as a message shows it: in quotes, without control characters, cut. */
export function shownText(text: string, longest = 100): string {
  return JSON.stringify(cleanText(text, longest));
}

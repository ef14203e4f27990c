// Errors of scenario files.

import { TroupeError } from "@troupe/control";
import { cleanText } from "@troupe/protocol/text";
import { longestSentence, spellPath, type ContentFault } from "@troupe/yaml-file";

/** Scenario files, for their errors. */
export const scenarioFile = { code: "scenario-malformed", content: "a scenario" } as const;

/** @returns `scenario-malformed`: `--target is "fast"; allowed is …`. */
export function malformedOption(
  option: string,
  { path, isKey, message }: ContentFault,
): TroupeError {
  const place = spellPath(path);
  const hasSubject = [" is ", " has no "].some((verb) => message.startsWith(place + verb));
  const between = isKey ? " has no meaning here: " : ": ";
  const sentence = option + (hasSubject ? message.slice(place.length) : between + message);
  return new TroupeError(scenarioFile.code, cleanText(sentence, longestSentence));
}

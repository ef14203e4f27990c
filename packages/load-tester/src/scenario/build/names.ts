// References of a scenario file to its own targets, torrents and phases.

import { suggestion } from "@troupe/protocol/text";
import { ContentFault, faultAt, spellPath, spellSeen, type Path } from "@troupe/yaml-file";

/** The name, if it is one of the known. @throws ContentFault with the nearest name */
export function knownName(
  path: Path,
  name: string,
  what: string,
  known: readonly string[],
): string {
  if (known.includes(name)) return name;
  const meant = suggestion(name.slice(0, 60), known);
  const there =
    known.length === 0 ? "there are none" : `there are ${known.slice(0, 20).join(", ")}`;
  const rest = `is ${spellSeen(name)}, and the file has no such ${what}; ${there}${meant}`;
  throw faultAt(path, rest);
}

/** A key of a mapping when it is the only one of several that the mapping may have. @throws ContentFault */
export function onlyKey<Key extends string>(
  path: Path,
  mapping: object,
  keys: readonly Key[],
): Key | undefined {
  const found = keys.filter((key) => Object.hasOwn(mapping, key));
  const [first, second] = found;
  if (second === undefined) return first;
  const sentence = `${spellPath(path)} has both ${first} and ${second}; allowed is one of ${keys.join(", ")}`;
  throw new ContentFault([...path, second], sentence, true);
}

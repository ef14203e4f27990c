// The scenarios that come along.

import { readScenario } from "../read-scenario.ts";
import { builtInTexts } from "./built-in-texts.ts";

/** A scenario that comes along. */
export interface BuiltInScenario {
  readonly name: string;
  /** A sentence on what it shows. */
  readonly about: string;
  /** YAML, to run or to copy. */
  readonly text: string;
}

/** All of them, by name. */
export function listScenarios(): BuiltInScenario[] {
  return Object.entries(builtInTexts()).map(([name, text]) => {
    const { about } = readScenario(text, { fileName: `${name}.yaml`, folder: "/" });
    return { name, about, text };
  });
}

/** The text of a scenario that comes along, or undefined. */
export function builtInText(name: string): string | undefined {
  const texts = builtInTexts();
  return Object.hasOwn(texts, name) ? texts[name] : undefined;
}

/** Names of the scenarios that come along. */
export function builtInNames(): string[] {
  return Object.keys(builtInTexts());
}

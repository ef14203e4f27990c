// Runs scenarios with two programs, and finds the differences of their answers.

import { differencesOf, type FoundDifference } from "./comparison.ts";
import { isAt, lastName, type ComparedDialect } from "./differences.ts";
import type { RemotesScene } from "./remotes-scene.ts";
import type { Scenario } from "./scenario.ts";

/** The differences of a scenario that its dialect's list lacks, and those of the list that did not occur. */
export interface ComparedScenario {
  readonly unlisted: readonly FoundDifference[];
  /** Kinds and keys. */
  readonly vanished: readonly string[];
}

/** Asks both programs, one scenario after the other. @returns The results, or the errors, by the names of the scenarios. */
export async function compareScenarios<Remote extends { readonly data: string }>(
  { theirs, ours }: RemotesScene<Remote>,
  scenarios: readonly Scenario<Remote>[],
  dialect: ComparedDialect,
): Promise<ReadonlyMap<string, ComparedScenario | Error>> {
  const results = new Map<string, ComparedScenario | Error>();
  for (const { name, ask } of scenarios) {
    const answered = await Promise.all(
      [theirs, ours].map((remote) => answersOf(remote, ask)),
    ).catch((error: unknown) => error as Error);
    results.set(name, answered instanceof Error ? answered : compared(name, answered, dialect));
  }
  return results;
}

function compared(
  name: string,
  [theirs, ours]: readonly unknown[],
  { isInRule, listed, varying }: ComparedDialect,
): ComparedScenario {
  const names = new Set(varying);
  const all = differencesOf(theirs, ours, (key) => names.has(lastName(key)), name);
  const found = all.filter((each) => !isInRule(each));
  const rows = listed.filter(({ scenarios }) => scenarios.includes(name));
  const allowed = rows.flatMap(({ keys, kind }) => keys.map((key) => ({ key, kind })));
  const isAllowed = (each: FoundDifference, { key, kind }: (typeof allowed)[number]): boolean =>
    each.kind === kind && isAt(each, key);
  return {
    unlisted: found.filter((each) => !allowed.some((row) => isAllowed(each, row))),
    vanished: allowed
      .filter((row) => !found.some((each) => isAllowed(each, row)))
      .map(({ key, kind }) => `${kind} ${key}`),
  };
}

/** The answers with one name for the folders of both programs. */
async function answersOf<Remote extends { readonly data: string }>(
  remote: Remote,
  ask: Scenario<Remote>["ask"],
): Promise<unknown> {
  const text = JSON.stringify(await ask(remote));
  return JSON.parse(text.replaceAll(remote.data, "DATA")) as unknown;
}

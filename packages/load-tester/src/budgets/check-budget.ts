// Names in braces, held to what a run has.

import type { MeasuredRun } from "../results/measured-run.ts";
import type { Budget, CounterTerm, Quantity, Selection, Selector, SelectorKind } from "./budget.ts";
import { BudgetError } from "./budget-error.ts";
import { unknownName } from "./budget-reader.ts";

/** Names that a scenario has. */
export interface KnownNames {
  readonly groups: readonly string[];
  readonly phases: readonly string[];
  readonly targets: readonly string[];
}

/** The names of runs, each once. */
export function namesOfRuns(
  ...runs: readonly Pick<MeasuredRun, "groups" | "phases" | "targets">[]
): KnownNames {
  const names = (part: "groups" | "phases" | "targets"): string[] => [
    ...new Set(runs.flatMap((run) => run[part].map(({ name }) => name))),
  ];
  return { groups: names("groups"), phases: names("phases"), targets: names("targets") };
}

/** A selection by kinds; undefined: all of them. */
export interface Selected {
  readonly groups: readonly string[] | undefined;
  readonly phases: readonly string[] | undefined;
  readonly targets: readonly string[] | undefined;
}

/** @throws BudgetError for a name that is no group, phase or target, and for one that is two of them. */
export function checkBudget(budget: Budget, known: KnownNames): void {
  for (const { selection, kinds } of selectionsOf(budget.quantity)) {
    for (const selector of selection) kindOf(budget, selector, known, kinds);
  }
}

/** Sorts the names of a selection. Names that are not known select nothing: they count as names of each kind. */
export function select(selection: Selection, quantity: Quantity, known: KnownNames): Selected {
  const kinds = kindsOf(quantity);
  const named = (kind: SelectorKind): readonly string[] | undefined => {
    const names = selection
      .filter((selector) => {
        const found = matchesOf(selector, known, kinds);
        return found.length === 0 ? (selector.kind ?? kind) === kind : found.includes(kind);
      })
      .map(({ name }) => name);
    return names.length === 0 ? undefined : names;
  };
  return { groups: named("group"), phases: named("phase"), targets: named("target") };
}

function kindOf(
  budget: Budget,
  selector: Selector,
  known: KnownNames,
  kinds: readonly SelectorKind[],
): SelectorKind {
  const { column, name } = selector;
  const [found, ...others] = matchesOf(selector, known, kinds);
  if (selector.kind !== undefined && !kinds.includes(selector.kind))
    throw new BudgetError(
      budget.text,
      column,
      `a ${selector.kind} cannot be selected here, only a ${kinds.join(" or a ")}`,
    );
  if (found === undefined) {
    const allowed = selector.kind === undefined ? kinds : [selector.kind];
    const names = allowed.flatMap((kind) => namesOf(kind, known));
    throw new BudgetError(budget.text, column, unknownName(allowed.join(" or "), name, names));
  }
  if (others.length > 0)
    throw new BudgetError(
      budget.text,
      column,
      `"${name}" names a ${[found, ...others].join(" and a ")}; write ${found}=${name} or ${others[0]}=${name}`,
    );
  return found;
}

function matchesOf(
  { kind, name }: Selector,
  known: KnownNames,
  kinds: readonly SelectorKind[],
): SelectorKind[] {
  return kinds.filter(
    (each) => (kind === undefined || kind === each) && namesOf(each, known).includes(name),
  );
}

function namesOf(kind: SelectorKind, known: KnownNames): readonly string[] {
  return { group: known.groups, phase: known.phases, target: known.targets }[kind];
}

function kindsOf(quantity: Quantity): readonly SelectorKind[] {
  if (quantity.kind !== "process") return ["group", "phase"];
  return quantity.of === "target" ? ["target", "phase"] : ["phase"];
}

function selectionsOf(quantity: Quantity) {
  const kinds = kindsOf(quantity);
  const terms: readonly Pick<CounterTerm, "selection">[] =
    quantity.kind === "ratio"
      ? [quantity.over, quantity.under]
      : quantity.kind === "total"
        ? [quantity.term]
        : [quantity];
  return terms.map(({ selection }) => ({ selection, kinds }));
}

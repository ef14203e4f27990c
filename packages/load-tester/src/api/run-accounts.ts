// Whether the accounts of a run close: every request and everything planned has one end.

import {
  type AccountName,
  type NamedCount,
  planEnds,
  requestEnds,
  type Window,
} from "../measures/measures.ts";
import { PhaseTimes } from "../measures/phase-times.ts";
import { planOf } from "../plan/plan-of.ts";
import type { Share } from "../plan/plan.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** The label of what a lost generator did not do. */
export const lostLabel = "lost generator";

type Total = "planned" | "requests";
const endsOf: Readonly<Record<Total, readonly AccountName[]>> = {
  planned: planEnds,
  requests: requestEnds,
};
/** For what has begun and has no end. */
const endOfLost = { planned: "not_sent_ours", requests: "abandoned" } as const;
const totals = ["planned", "requests"] as const;

interface Place {
  readonly group: string;
  readonly phase: string;
}

/** The counters of a generator in a group and phase. */
interface Account extends Place {
  readonly values: Map<string, number>;
}

/** The accounts of all generators of a run. */
export class RunAccounts {
  readonly #scenario: Scenario;
  readonly #generators = new Map<string, Map<string, Account>>();

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  take(generator: string, { counts }: Pick<Window, "counts">): void {
    for (const count of counts) this.#add(generator, count);
  }

  /**
   * Closes the accounts of generators whose windows did not all come. The rest of their plan was not sent because of us,
   * and requests without an end were abandoned.
   *
   * @param untilMs End of the run.
   * @returns Counts for the totals.
   */
  settle(unheard: ReadonlyMap<string, Share>, untilMs: number): readonly NamedCount[] {
    return [...unheard].flatMap(([generator, share]) => {
      const planned = this.#planned(share, untilMs).flatMap((due) => {
        const value = due.value - valueOf(this.#account(generator, due), "planned");
        return value > 0 ? [{ ...due, value }] : [];
      });
      for (const count of planned) this.#add(generator, count);
      const accounts = [...(this.#generators.get(generator)?.values() ?? [])];
      const closing = accounts.flatMap((account) =>
        totals.flatMap((total) => closingCount(account, total)),
      );
      for (const count of closing) this.#add(generator, count);
      return [...planned, ...closing];
    });
  }

  /** @returns A sentence on the first sum that does not close. */
  get fault(): string | undefined {
    for (const [generator, accounts] of this.#generators) {
      for (const account of accounts.values()) {
        const total = totals.find((each) => openIn(account, each) !== 0);
        if (total !== undefined) return spellFault(generator, account, total);
      }
    }
    return undefined;
  }

  #add(generator: string, { group, phase, counter, value }: NamedCount): void {
    const { values } = this.#account(generator, { group, phase });
    values.set(counter, (values.get(counter) ?? 0) + value);
  }

  #account(generator: string, { group, phase }: Place): Account {
    let accounts = this.#generators.get(generator);
    if (accounts === undefined) this.#generators.set(generator, (accounts = new Map()));
    const key = JSON.stringify([group, phase]);
    let account = accounts.get(key);
    if (account === undefined)
      accounts.set(key, (account = { group, phase, values: new Map<string, number>() }));
    return account;
  }

  /** The plan of a share until a time, by group and phase. */
  #planned(share: Share, untilMs: number): readonly NamedCount[] {
    const phases = new PhaseTimes(this.#scenario.phases);
    const names = Object.keys(this.#scenario.groups);
    const plan = planOf(this.#scenario, share);
    const open = new Set(plan.rates.map(({ group }) => group));
    /** By group, then by phase: a plan may have millions of actions. */
    const sums = names.map(() => this.#scenario.phases.map(() => 0));
    const add = (group: number, atMs: number): void => {
      const own = sums[group];
      if (own === undefined || atMs > untilMs) return;
      const phase = phases.indexAt(atMs);
      own[phase] = 1 + (own[phase] ?? 0);
    };
    for (const { group, arriveMs } of plan.visits) if (!open.has(group)) add(group, arriveMs);
    for (const { group, atMs } of plan.rates) for (const each of atMs) add(group, each);
    return names.flatMap((group, index) =>
      [...(sums[index]?.entries() ?? [])].map(([phase, value]): NamedCount => {
        return { counter: "planned", group, phase: phases.name(phase), label: "", value };
      }),
    );
  }
}

function valueOf({ values }: Account, counter: AccountName): number {
  return values.get(counter) ?? 0;
}

/** The part of a total that has begun and has no end. */
function openIn(account: Account, total: Total): number {
  const ended = endsOf[total].reduce((sum, end) => sum + valueOf(account, end), 0);
  return valueOf(account, total) - ended;
}

/** An end without its beginning is of a request that a missing window has. */
function closingCount(account: Account, total: Total): readonly NamedCount[] {
  const { group, phase } = account;
  const open = openIn(account, total);
  if (open === 0) return [];
  return open > 0
    ? [{ counter: endOfLost[total], group, phase, label: lostLabel, value: open }]
    : [{ counter: total, group, phase, label: "", value: -open }];
}

function spellFault(generator: string, account: Account, total: Total): string {
  const ends = endsOf[total].map((end) => `${end} ${valueOf(account, end)}`).join(", ");
  const { group, phase } = account;
  return `bug: the accounts of the group ${group} in ${phase} do not close at ${generator}: ${total} ${valueOf(account, total)}, and ${ends}`;
}

// The rules of a service: those of the settings file first, then those of remotes.

import { outOfRange, spelled } from "@troupe/control";
import { checkRule, plainName, type CheckedRule, type FeedRule } from "./feed-rule.ts";

/** The place that a rule or a feed comes from. Only those of `api` change while the service runs. */
export type FeedOrigin = "api" | "settings";

/** A rule in force. */
export interface ActiveRule extends CheckedRule {
  readonly from: FeedOrigin;
  /** The reason why the rule takes nothing. Absent: it is on. */
  off?: string;
}

/** The rules in force, in their order. */
export class RuleBook {
  readonly #own: readonly ActiveRule[];
  #remote: readonly ActiveRule[];

  /** @throws TroupeError `option-out-of-range` for a rule of the settings file. */
  constructor(own: readonly FeedRule[], remote: readonly FeedRule[]) {
    refuseTwice(own);
    this.#own = own.map((rule) => ({ ...checkRule(rule), from: "settings" }));
    this.#remote = this.#usable(remote);
  }

  get all(): readonly ActiveRule[] {
    return [...this.#own, ...this.#remote];
  }

  get remote(): readonly FeedRule[] {
    return this.#remote.map(({ rule }) => rule);
  }

  /** Checks rules of remotes, which are not in force yet. @throws TroupeError `option-out-of-range` */
  checkRemote(rules: readonly FeedRule[]): readonly ActiveRule[] {
    refuseTwice([...this.#own.map(({ rule }) => rule), ...rules]);
    return rules.map((rule) => ({ ...checkRule(rule), from: "api" }));
  }

  /** Replaces the rules of remotes. @param rules The result of {@link RuleBook.checkRemote}. */
  setRemote(rules: readonly ActiveRule[]): void {
    this.#remote = rules;
  }

  /** A rule of the settings file may have taken the name of a saved one, which is left out then. */
  #usable(rules: readonly FeedRule[]): readonly ActiveRule[] {
    const names = new Set(this.#own.map(({ rule }) => plainName(rule)));
    return rules
      .filter((rule) => !names.has(plainName(rule)))
      .map((rule) => ({ ...checkRule(rule), from: "api" }));
  }
}

/** @throws TroupeError `option-out-of-range` */
export function refuseTwice(named: readonly { readonly name: string }[]): void {
  const seen = new Set<string>();
  for (const each of named) {
    if (seen.has(plainName(each)))
      throw outOfRange("name", `${spelled(each.name)} twice`, "a name that no other one has");
    seen.add(plainName(each));
  }
}

// The engine as callers of requests use it: commands and questions go to the program that owns it.

import type { Ref } from "@troupe/actor-runtime";
import type { Right } from "@troupe/control";
import { commands, type CommandName, type CommandRow } from "@troupe/control/commands";
import { feedCalls, type FeedCallName } from "../automation/feeds/feed-calls.ts";
import type { ServiceCalls, TorrentQuestion } from "../routes/service-calls.ts";
import type { CommandAnswer, ServiceOwnerProtocol } from "../service.messages.ts";
import type { LiveView, TorrentView } from "../view/torrent-view.ts";
import type { RestoredRows } from "../view/restored-rows.ts";
import { thrownError, unanswered } from "./plain-error.ts";
import type { SharedAnswers } from "./shared-answers.ts";

/** Longer than the deadline of a command, after which its error comes. */
const answerMs = 15_000;
const rowOf: Readonly<Record<string, CommandRow>> = commands;

/** The way to the program. */
export interface OwnerWay {
  readonly owner: Ref<ServiceOwnerProtocol>;
  readonly view: LiveView;
  /** The view of callers that may only read. */
  readonly masked: TorrentView;
  readonly rows: RestoredRows;
  readonly answers: SharedAnswers;
}

/** The caller of a request. */
interface RequestCaller {
  readonly right: Right;
  /** @throws TroupeError `read-only-credential` */
  requireWrite(): void;
}

/** Calls of one request. */
export class OwnerCalls implements ServiceCalls {
  readonly #way: OwnerWay;
  readonly #caller: RequestCaller;

  constructor(way: OwnerWay, caller: RequestCaller) {
    this.#way = way;
    this.#caller = caller;
  }

  get right(): Right {
    return this.#caller.right;
  }

  async view(): Promise<TorrentView> {
    await this.#way.rows.whole();
    return this.right === "read" ? this.#way.masked : this.#way.view;
  }

  async run(name: CommandName, given: object): Promise<never> {
    if (rowOf[name]?.right === "read") return await this.#share(name, given);
    this.#caller.requireWrite();
    try {
      return await this.#ask(name, given);
    } finally {
      // Also after an error: a command that missed its deadline still runs.
      this.#way.answers.forget();
    }
  }

  async ask(name: TorrentQuestion, torrent: string): Promise<never> {
    return await this.#share(name, { torrent });
  }

  async feeds(name: FeedCallName, given: unknown): Promise<never> {
    if (feedCalls[name].right !== "read") this.#caller.requireWrite();
    const { right } = this.#caller;
    const { owner } = this.#way;
    const work = owner.call("run-feeds", { name, given, right }, { deadlineMs: answerMs });
    return await resultOf(work, `the call ${name}`);
  }

  async #share(name: CommandName, given: object): Promise<never> {
    const key = `${this.right} ${name} ${JSON.stringify(given)}`;
    // The gate of the command's row has the type of its result.
    return (await this.#way.answers.get(key, () => this.#ask(name, given))) as never;
  }

  async #ask(name: string, given: object): Promise<never> {
    const { owner } = this.#way;
    const { right } = this.#caller;
    const work = owner.call("run-command", { name, given, right }, { deadlineMs: answerMs });
    return await resultOf(work, `the command ${name}`);
  }
}

/** The result in an answer. @throws rejects with the error in it; TroupeError `service-busy` */
async function resultOf(work: Promise<CommandAnswer>, asked: string): Promise<never> {
  const answer = await work.catch((cause: unknown) => {
    throw unanswered(`${asked} has no answer`, cause);
  });
  if ("result" in answer) return answer.result as never;
  throw thrownError(answer.error);
}

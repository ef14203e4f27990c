// Roots for tests: what children announce and what happens to them is kept, and can be waited for.

import { openRoot } from "../../src/index.ts";
import type { Host, LogEntry, Sender, Supervisor, SupervisorSpec } from "../../src/index.ts";
import { codeOf } from "../../src/errors.ts";
import type { EchoProtocol } from "../fixtures/echo.messages.ts";
import type { KeeperProtocol } from "../fixtures/keeper.messages.ts";

/** The events of a tree, one text each: `started echo/1`, `echo said hello`, `crashed echo/1 some-code`. */
export class Happenings {
  readonly texts: string[] = [];
  #waiting: { readonly text: string; readonly resolve: () => void }[] = [];

  add(text: string): void {
    this.texts.push(text);
    const due = this.#waiting.filter((waiting) => waiting.text === text);
    this.#waiting = this.#waiting.filter((waiting) => waiting.text !== text);
    for (const { resolve } of due) resolve();
  }

  /** Resolves as soon as `text` has happened once. */
  until(text: string): Promise<void> {
    if (this.texts.includes(text)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ text, resolve }));
  }
}

/** A root over one tree. */
export interface TestRoot {
  readonly supervisor: Supervisor;
  readonly happened: Happenings;
  readonly log: readonly LogEntry[];
}

/** Opens a root that keeps everything it is told. A failure of the root is kept as `root failed CODE`. */
export async function openTestRoot(
  host: Host,
  spec: SupervisorSpec,
  happened: Happenings = new Happenings(),
): Promise<TestRoot> {
  const log: LogEntry[] = [];
  const supervisor = await openRoot<{ echo: EchoProtocol; keeper: KeeperProtocol }>({
    host,
    spec,
    noticeHandlers: {
      echo: { said: ({ text }, { name }) => happened.add(`${name} said ${text}`) },
      keeper: { happened: ({ text }) => happened.add(`keeper: ${text}`) },
    },
    events: {
      started: (_, sender) => happened.add(`started ${label(sender)}`),
      crashed: (_, sender, error) => happened.add(`crashed ${label(sender)} ${codeOf(error)}`),
      ended: (_, sender) => happened.add(`ended ${label(sender)}`),
    },
    log: (entry) => {
      log.push(entry);
      happened.add(`${entry.actor.name} logged ${entry.event}`);
    },
    failed: (error) => happened.add(`root failed ${codeOf(error)}`),
  });
  return { supervisor, happened, log };
}

function label({ name, epoch }: Sender): string {
  return `${name}/${epoch}`;
}

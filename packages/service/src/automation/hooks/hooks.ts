// Hooks and webhooks of a service: the outbox, and the tries of its entries.

import { join } from "node:path";
import { nodePorts, systemSentence } from "@troupe/actor-runtime";
import { readBounded } from "@troupe/api-base";
import { outOfRange, type HookSetting, type WebhookSetting } from "@troupe/control";
import type { ServedEngine } from "@troupe/coordinator/commands";
import { runProgram } from "../../programs/index.ts";
import { Deliveries } from "./deliveries.ts";
import { spellHook, type Hearer, type OutboxEntry } from "./outbox-entry.ts";
import { keepDamaged, outboxFile, readOutboxFile, removeOutbox } from "./outbox-file.ts";
import { OutboxState, readState } from "./outbox-state.ts";
import { Outbox } from "./outbox.ts";
import { runHook } from "./run-hook.ts";
import { sendWebhook, type Webhook } from "./send-webhook.ts";

/** Bytes of the key of a webhook. */
const leastKey = 16;
const longestKey = 4_096;

/** The settings of hooks, by names. */
export interface HookSettings {
  readonly hooks?: Readonly<Record<string, HookSetting>>;
  readonly webhooks?: Readonly<Record<string, WebhookSetting>>;
}

/** The world of hooks. */
interface HooksPorts {
  /** The service's folder in the state folder. */
  readonly folder: string;
  readonly engine: Pick<ServedEngine, "guardGoals" | "http" | "isOnRecord">;
  /** Gives the outbox the rows that have changed. */
  readonly look: () => void;
  readonly warned: (code: string, message: string) => void;
}

/** Running hooks. */
export class Hooks {
  readonly outbox: Outbox;
  readonly #deliveries: Deliveries;

  private constructor(outbox: Outbox, deliveries: Deliveries) {
    this.outbox = outbox;
    this.#deliveries = deliveries;
  }

  /**
   * Reads the outbox.
   *
   * @returns Undefined without hooks; then nothing is kept.
   * @throws rejects with TroupeError `option-out-of-range` for the key of a webhook; a system error of the state folder.
   */
  static async open(settings: HookSettings, ports: HooksPorts): Promise<Hooks | undefined> {
    const path = join(ports.folder, "outbox.jsonl");
    const hearers = hearersOf(settings);
    if (hearers.length === 0) {
      removeOutbox(path);
      return undefined;
    }
    const webhooks = await readKeys(settings.webhooks ?? {});
    const state = readOutbox(path, hearers, ports);
    const store = outboxFile(path);
    const { clock, http: localHttp, random, timers } = nodePorts();
    const { http } = ports.engine;
    const epochMs = (): number => clock.epochMs();
    const world = { timers, epochMs, http, localHttp, variables: process.env, run: runProgram };
    const deliveries = new Deliveries({
      ...{ clock, timers, warned: ports.warned },
      attempt: async (entry, signal) => {
        const { kind, name } = entry.hook;
        const hook = settings.hooks?.[name];
        if (kind === "hook" && hook !== undefined) return await runHook(hook, entry, signal, world);
        const webhook = webhooks.get(name);
        if (kind === "hook" || webhook === undefined) throw new Error(`bug: no ${kind} ${name}`);
        return await sendWebhook(webhook, entry, signal, world);
      },
      ended: (ids) => outbox.end(ids),
    });
    const outbox = await Outbox.open(state, {
      ...{ store, clock, timers, random, hearers, warned: ports.warned },
      isOnRecord: (infoHash) => ports.engine.isOnRecord(infoHash),
      put: (entries) => deliveries.put(entries),
      dropped: (entries) => {
        deliveries.drop(entries);
        ports.warned("hook-dropped", droppedSentence(entries));
      },
    });
    ports.engine.guardGoals(async (infoHash) => {
      ports.look();
      await outbox.reachGoal(infoHash);
    });
    return new Hooks(outbox, deliveries);
  }

  /** Kills programs that run, and keeps what has not arrived for the next start. */
  async close(): Promise<void> {
    this.#deliveries.close();
    await this.outbox.close();
  }
}

function hearersOf({ hooks = {}, webhooks = {} }: HookSettings): Hearer[] {
  const named = (kind: Hearer["kind"], all: typeof hooks | typeof webhooks): Hearer[] =>
    Object.entries(all).map(([name, { events }]) => ({ kind, name, events }));
  return [...named("hook", hooks), ...named("webhook", webhooks)];
}

function readOutbox(
  path: string,
  hearers: readonly Hearer[],
  { warned }: Pick<HooksPorts, "warned">,
): OutboxState {
  const text = readOutboxFile(path);
  const state = text === undefined ? undefined : readState(text);
  if (text !== undefined && state === undefined) {
    keepDamaged(path);
    const message = `the outbox of hooks is damaged and begins anew; the old one is ${path}.damaged`;
    warned("outbox-damaged", message);
  }
  const known = state ?? new OutboxState(nodePorts().clock.epochMs());
  const names = new Set(hearers.map(spellHook));
  const orphans = [...known.entries.values()].filter(({ hook }) => !names.has(spellHook(hook)));
  known.take({ ended: orphans.map(({ id }) => id) });
  if (orphans.length > 0)
    warned(
      "hook-dropped",
      `${orphans.length} events are dropped, because their hooks are no longer set`,
    );
  return known;
}

/** @throws rejects with TroupeError `option-out-of-range` */
async function readKeys(
  settings: Readonly<Record<string, WebhookSetting>>,
): Promise<ReadonlyMap<string, Webhook>> {
  const webhooks = new Map<string, Webhook>();
  for (const [name, { keyFile, url }] of Object.entries(settings)) {
    const key =
      keyFile === undefined ? undefined : await readKey(`webhooks.${name}.keyFile`, keyFile);
    webhooks.set(name, { url, ...(key !== undefined && { key }) });
  }
  return webhooks;
}

async function readKey(option: string, path: string): Promise<Uint8Array> {
  const allowed = `a file of ${leastKey} to ${longestKey} bytes`;
  let bytes: Uint8Array;
  try {
    bytes = await readBounded(path, longestKey);
  } catch (error) {
    throw outOfRange(option, `${path}: ${systemSentence(error)}`, allowed);
  }
  const key = Buffer.from(
    Buffer.from(bytes)
      .toString("latin1")
      .replace(/\r?\n$/, ""),
    "latin1",
  );
  if (key.length >= leastKey) return key;
  throw outOfRange(option, `${path} with ${key.length} bytes`, allowed);
}

function droppedSentence(entries: readonly OutboxEntry[]): string {
  const hooks = [...new Set(entries.map(({ hook }) => spellHook(hook)))].join(", ");
  return `${entries.length} events were dropped, the oldest first, because 10,000 wait for hooks: ${hooks}`;
}

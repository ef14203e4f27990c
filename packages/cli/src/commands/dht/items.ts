import { randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { systemSentence } from "@troupe/actor-runtime/system-sentence";
import { publicKeyOf } from "@troupe/protocol/bytes";
import type { InvocationOf } from "../../arguments/parse-arguments.ts";
import { formatCount } from "../../display/units.ts";
import type { DhtFoundItem, DhtRound, ItemName, ItemOptions } from "../../engine-port.ts";
import { CommandError, ExitCode, type ExitCodeValue } from "../../failure.ts";
import { jsonLine } from "../../output/json-line.ts";
import { followQuest, showStatus } from "./follow-quest.ts";
import { itemJson, itemText } from "./item-text.ts";
import { endOf, noNodes, type DhtSession } from "./dht-session.ts";

type Task<Call extends string> = Extract<InvocationOf<"dht">["task"], { readonly call: Call }>;

/** Bytes that are read of a file with a key; the rest is not read. */
const mostKeyFileBytes = 1_024;
const publicKeyDigits = 64;

/** `troupe dht put`: stores a text as an item, and prints the target under which it is found. */
export async function putItem(session: DhtSession, task: Task<"put">): Promise<ExitCodeValue> {
  const { options: item, publicKey } = await itemOptions(session, task);
  let target = "";
  return await followQuest(
    session,
    (options) => {
      const quest = session.node.put(task.value, { ...item, ...options });
      ({ target } = quest);
      return quest;
    },
    {
      found: () => {},
      roundEnded: (round) => {
        if (round.stored === 0 && !session.repeats) throw notStored(round);
        const { stored } = round;
        const names = [
          `target      ${target}`,
          ...(publicKey === undefined ? [] : [`public key  ${publicKey}`]),
        ];
        const text = [...names, `stored at   ${formatCount(stored, "node")}`].join("\n");
        const fields = { target, ...(publicKey !== undefined && { publicKey }), nodes: stored };
        const line = jsonLine("dht-stored", null, fields);
        session.run.reporter.result({ text, line });
      },
    },
  );
}

/** `troupe dht get`: prints the value of an item; of a mutable item the newest that the nodes have. */
export async function getItem(session: DhtSession, task: Task<"get">): Promise<ExitCodeValue> {
  const { run, node, repeats } = session;
  const quest = node.get(nameOf(task), { repeat: repeats, signal: run.environment.stop });
  using _status = showStatus(session, quest);
  let newest: DhtFoundItem | undefined;
  for await (const item of quest) {
    newest = item;
    if (repeats) report(session, quest.target, item);
    else if (item.kind === "immutable") break;
  }
  if (run.environment.stop.aborted) return ExitCode.stopped;
  if (newest === undefined) {
    const { answered } = await quest.round();
    if (answered === 0) throw noNodes();
    const message = `none of ${formatCount(answered, "node")} has the item ${quest.target}`;
    throw new CommandError("dht-item-not-found", message);
  }
  if (!repeats) report(session, quest.target, newest);
  quest.cancel();
  return endOf(session);
}

function nameOf({ name, salt }: Task<"get">): ItemName {
  if (name.length < publicKeyDigits) return name;
  return { publicKey: name, ...(salt !== undefined && { salt }) };
}

function report({ run }: DhtSession, target: string, item: DhtFoundItem): void {
  const { kind, value, publicKey, sequence, node } = item;
  const fields = {
    target,
    kind,
    value: itemJson(value),
    bencoded: Buffer.from(value).toString("hex"),
    ...(publicKey !== undefined && { publicKey }),
    // The sequence is text: numbers of JSON lose digits.
    ...(sequence !== undefined && { sequence: String(sequence) }),
    node,
  };
  run.reporter.result({
    text: itemText(value),
    line: jsonLine("dht-item", null, fields),
  });
}

async function itemOptions(
  session: DhtSession,
  task: Task<"put">,
): Promise<{ readonly options: ItemOptions; readonly publicKey?: string }> {
  const { secretKeyFile, salt, sequence, compareAndSwap } = task;
  if (secretKeyFile === undefined) return { options: {} };
  const { environment } = session.run;
  const path = resolve(environment.currentFolder, secretKeyFile);
  const secretKey = (await readKey(path)) ?? (await makeKey(session, path));
  const options = {
    secretKey,
    ...(salt !== undefined && { salt }),
    ...(sequence !== undefined && { sequence }),
    ...(compareAndSwap !== undefined && { compareAndSwap }),
  };
  return {
    options,
    publicKey: Buffer.from(publicKeyOf(Buffer.from(secretKey, "hex"))).toString("hex"),
  };
}

/** @returns 64 hexadecimal digits; undefined without a file. @throws {CommandError} `secret-key-unusable` */
async function readKey(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path, "r");
    const { bytesRead, buffer } = await file.read(Buffer.alloc(mostKeyFileBytes));
    const text = buffer.toString("latin1", 0, bytesRead).trim();
    if (/^[0-9a-f]{64}$/i.test(text)) return text;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new CommandError(
      "secret-key-unusable",
      `cannot read the secret key in ${path}: ${systemSentence(cause)}`,
    );
  }
  const message = `cannot use ${path} as a secret key: it has not 64 hexadecimal digits`;
  throw new CommandError("secret-key-unusable", message);
}

/** A new key, in a file that its owner alone can read. */
async function makeKey({ run }: DhtSession, path: string): Promise<string> {
  const key = randomBytes(32).toString("hex");
  try {
    await using file = await open(path, "wx", 0o600);
    await file.writeFile(`${key}\n`);
    await file.sync();
  } catch (cause) {
    const message = `cannot make the secret key ${path}: ${systemSentence(cause)}`;
    throw new CommandError("secret-key-unusable", message);
  }
  run.reporter.note(`troupe: made a new secret key in ${path}; keep it to change the item`);
  return key;
}

function notStored({ answered, refusal }: DhtRound): CommandError {
  const reason = refusal === undefined ? "" : `: ${refusal.message} (${refusal.code})`;
  const message = `none of ${formatCount(answered, "node")} stored the item${reason}`;
  return new CommandError("dht-item-not-stored", message);
}

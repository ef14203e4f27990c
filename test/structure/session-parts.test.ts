// The parts of a peer's session: few fields each, which only the files of their own folder write.

import { posix } from "node:path";
import test from "ava";
import { readRepositoryFile } from "../support/files/repository.ts";
import { listSources } from "./imports.ts";

const worker = "packages/peer-worker/src/";
const mostFields = 10;

/** The file of each class. */
const parts: Readonly<Record<string, string>> = {
  Session: "session/session.ts",
  PeerIdentity: "session/peer-identity.ts",
  PeerWire: "wire/peer-wire.ts",
  SessionStage: "wire/session-stage.ts",
  OffenceCounters: "wire/offence-counters.ts",
  EarlyPeer: "wire/early-peer.ts",
  PeerTimes: "times/peer-times.ts",
  PeerChoke: "choke/peer-choke.ts",
  PeerDownload: "download/peer-download.ts",
  UploadQueue: "upload/upload-queue.ts",
  PeerFeatures: "extensions/peer-features.ts",
  PeerExtensions: "extensions/peer-extensions.ts",
  FastPeer: "session/fast/fast-peer.ts",
  FastRejects: "session/fast/fast-rejects.ts",
  ShownPieces: "session/super-seeding/shown-pieces.ts",
  PeerDhtNode: "session/peer-dht-node.ts",
};

interface Field {
  readonly name: string;
  /** Other files may write it, as far as the language goes. */
  readonly isWritable: boolean;
}

/** The fields that a class declares. */
function fieldsOf(text: string, name: string): Field[] {
  const [, body = ""] =
    new RegExp(`^export class ${name}[ <][^]*?\\{\\n([^]*?)^\\}`, "m").exec(text) ?? [];
  return [...body.matchAll(/^ {2}(readonly )?(#?\w+)(?:: [^\n]*|(?: = [^\n]*))?;$/gm)].map(
    ([, readonly, field = ""]) => ({
      name: field,
      isWritable: readonly === undefined && !field.startsWith("#"),
    }),
  );
}

/** The assignments to a field of that name, but for those to `this`. */
function writesOf(text: string, field: string): string[] {
  const assigned = `(?<!\\bthis)\\??\\.${field}\\s*(?:(?:[-+*/%&|^]|\\?\\?|\\|\\||&&|<<|>>>?)?=(?![=>])|\\+\\+|--)`;
  const stepped = `(?:\\+\\+|--)(?!this\\.\\w+\\b)[\\w.#!]+\\.${field}\\b`;
  return [...text.matchAll(new RegExp(`${assigned}|${stepped}`, "g"))].map(([found]) => found);
}

const sources = listSources()
  .filter((path) => path.startsWith(worker))
  .map((path) => ({ path, text: readRepositoryFile(path) }));
const textOf = (path: string): string =>
  sources.find((source) => source.path === worker + path)?.text ?? "";

for (const [name, path] of Object.entries(parts)) {
  const fields = fieldsOf(textOf(path), name);

  test(`${name} has ${mostFields} fields at most`, (t) => {
    t.true(
      fields.length > 0 && fields.length <= mostFields,
      fields.map((field) => field.name).join(),
    );
  });

  test(`the fields of ${name} are written in its folder alone`, (t) => {
    const folder = `${worker}${posix.dirname(path)}/`;
    const others = sources.filter((source) => !source.path.startsWith(folder));
    const writes = fields
      .filter(({ isWritable }) => isWritable)
      .flatMap(({ name: field }) =>
        others.flatMap((source) =>
          writesOf(source.text, field).map((write) => `${source.path}: ${write}`),
        ),
      );
    t.deepEqual(writes, []);
  });
}

test("no part inherits fields", (t) => {
  for (const [name, path] of Object.entries(parts))
    t.notRegex(textOf(path), new RegExp(`class ${name}\\b[^{]* extends `));
});

test("fields and writes are found in planted sources", (t) => {
  const planted = [
    "export class Planted implements Other {",
    "  readonly fixed: number;",
    "  open: string | undefined;",
    "  count = 0;",
    "  #hidden: Map<string, number> | undefined;",
    "  constructor() {",
    "    this.fixed = 1;",
    "  }",
    "}",
    "",
  ].join("\n");
  t.deepEqual(fieldsOf(planted, "Planted"), [
    { name: "fixed", isWritable: false },
    { name: "open", isWritable: true },
    { name: "count", isWritable: true },
    { name: "#hidden", isWritable: false },
  ]);
  for (const write of [
    "a.count = 1;",
    "a.b.count += 1;",
    "a.count++;",
    "--a.count;",
    "a.count ??= 1;",
  ])
    t.is(writesOf(write, "count").length, 1, write);
  for (const read of [
    "a.count === 1",
    "this.count = 1;",
    "++this.count",
    "(a) => a.count",
    "a.counts = 1",
    "count = 1",
  ])
    t.deepEqual(writesOf(read, "count"), [], read);
});

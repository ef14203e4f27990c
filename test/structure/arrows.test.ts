// Which package, and which room of a package, may import which: the arrows of ARCHITECTURE.md, held.

import test from "ava";
import { readRepositoryFile } from "../support/files/repository.ts";
import { importsOf, listSources, type Import } from "./imports.ts";

/** Packages that a package may import. */
const packageArrows: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  tracker: ["protocol"],
  "actor-runtime": ["protocol"],
  control: ["protocol"],
  page: ["control", "protocol"],
  messages: ["actor-runtime", "control", "protocol"],
  "hash-worker": ["actor-runtime", "protocol"],
  transport: ["actor-runtime", "protocol"],
  "file-worker": ["actor-runtime", "messages", "protocol"],
  "peer-worker": ["actor-runtime", "messages", "protocol", "transport"],
  "api-base": ["actor-runtime", "control", "messages", "protocol"],
  "dht-worker": ["actor-runtime", "api-base", "control", "messages", "protocol"],
  coordinator: [
    "actor-runtime",
    "api-base",
    "control",
    "messages",
    "protocol",
    "dht-worker",
    "file-worker",
    "hash-worker",
    "peer-worker",
  ],
  "load-peers": ["actor-runtime", "protocol", "transport"],
  "yaml-file": ["control", "protocol"],
  "file-http": [],
  service: ["actor-runtime", "api-base", "control", "coordinator", "file-http", "protocol"],
  "load-tester": ["actor-runtime", "api-base", "control", "load-peers", "protocol", "yaml-file"],
  cli: [
    "actor-runtime",
    "control",
    "coordinator",
    "file-http",
    "load-tester",
    "protocol",
    "service",
    "tracker",
    "yaml-file",
  ],
};

/** Folders of a package that files of a folder may not import. The first rule that names a file counts. */
const roomRules: readonly {
  readonly in: string;
  readonly not: string;
  readonly but?: readonly string[];
}[] = [
  {
    in: "packages/coordinator/src/torrent/",
    not: "packages/coordinator/src/engine/",
    but: ["packages/coordinator/src/engine/base/"],
  },
  { in: "packages/coordinator/src/torrent/", not: "packages/coordinator/src/api/" },
  { in: "packages/coordinator/src/engine/", not: "packages/coordinator/src/api/" },
  { in: "packages/coordinator/src/trackers/", not: "packages/coordinator/src/engine/" },
  { in: "packages/coordinator/src/trackers/", not: "packages/coordinator/src/torrent/" },
  { in: "packages/coordinator/src/trackers/", not: "packages/coordinator/src/api/" },
  { in: "packages/coordinator/src/api/", not: "packages/coordinator/src/torrent/" },
  {
    in: "packages/dht-worker/src/api/",
    not: "packages/dht-worker/src/",
    but: [
      "packages/dht-worker/src/api/",
      "packages/dht-worker/src/entry.ts",
      "packages/dht-worker/src/routing/saved-nodes.ts",
    ],
  },
  { in: "packages/peer-worker/src/memory/", not: "packages/peer-worker/src/upload/" },
  { in: "packages/peer-worker/src/upload/", not: "packages/peer-worker/src/download/" },
  { in: "packages/file-worker/src/records/", not: "packages/file-worker/src/pieces/" },
];

const sources = listSources();
const imports = sources.flatMap((path) => importsOf(path, readRepositoryFile(path)));

function packageOf(path: string): string {
  const [, name = ""] = /^(?:packages|@troupe)\/([^/]+)/.exec(path) ?? [];
  return name;
}

/** The import as a sentence when no arrow allows it. */
function forbidden({ from, to }: Import): string[] {
  const [own, other] = [packageOf(from), packageOf(to)];
  const isOther = other !== "" && other !== own;
  if (isOther && packageArrows[own]?.includes(other) !== true) return [`${from} imports ${to}`];
  const isRefused = roomRules.some(
    ({ in: room, not, but = [] }) =>
      from.startsWith(room) && to.startsWith(not) && !but.some((path) => to.startsWith(path)),
  );
  return isRefused ? [`${from} imports ${to}`] : [];
}

test("every source file is seen, and nearly every file imports another", (t) => {
  const packages = new Set(sources.map(packageOf));
  t.deepEqual([...packages].toSorted(), Object.keys(packageArrows).toSorted());
  t.true(sources.length > 400, `${sources.length} files`);
  t.true(sources.filter((path) => path.endsWith(".tsx")).length > 40);
  t.true(new Set(imports.map(({ from }) => from)).size > 0.8 * sources.length);
  for (const { in: room, not } of roomRules) {
    t.true(
      sources.some((path) => path.startsWith(room)) && sources.some((path) => path.startsWith(not)),
      `${room} or ${not} has no file`,
    );
  }
});

test("packages and folders import only along the allowed arrows", (t) => {
  t.deepEqual(imports.flatMap(forbidden), []);
});

for (const [from, line] of [
  ["packages/protocol/src/planted.ts", 'import { x } from "@troupe/coordinator";'],
  ["packages/coordinator/src/torrent/planted.ts", 'import type { X } from "../engine/tick.ts";'],
  [
    "packages/coordinator/src/trackers/planted.ts",
    'export { y } from "../torrent/torrent-job.ts";',
  ],
  ["packages/peer-worker/src/planted.ts", 'await import("@troupe/cli");'],
] as const) {
  test(`a wrong import is found: ${line} in ${from}`, (t) => {
    t.is(importsOf(from, line).flatMap(forbidden).length, 1);
  });
}

test("the thread of the DHT node loads none of the modules that its users' thread needs", (t) => {
  const loaded = new Set(["packages/dht-worker/src/dht.worker.ts"]);
  for (const path of loaded) {
    for (const { from, to, isType } of imports) if (from === path && !isType) loaded.add(to);
  }
  const ours = /^packages\/dht-worker\/src\/api\/|^@troupe\/api-base/;
  t.true(loaded.size > 50, `${loaded.size} files`);
  t.deepEqual(
    [...loaded].filter((path) => ours.test(path)),
    [],
  );
});

test("a download loads no module of the calls that steer a service, but for their words", (t) => {
  const loaded = new Set([
    "packages/cli/src/run-process.ts",
    "packages/cli/src/commands/transfer.ts",
  ]);
  for (const path of loaded) {
    for (const { from, to, isType, isDynamic } of imports)
      if (from === path && !isType && !isDynamic) loaded.add(to);
  }
  const ours = /\/service-client\/|\/commands\/service\/|\/display\/service\//;
  t.true(loaded.size > 50, `${loaded.size} files`);
  t.deepEqual(
    [...loaded].filter((path) => ours.test(path)),
    [],
  );
});

test("no file imports itself, over any number of files", (t) => {
  const needed = Map.groupBy(
    imports.filter(
      ({ isType, isDynamic, to }) => !isType && !isDynamic && to.startsWith("packages/"),
    ),
    ({ from }) => from,
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) cycles.push([...way.slice(way.indexOf(path)), path].join(" → "));
    if (done.has(path) || way.includes(path)) return;
    for (const { to } of needed.get(path) ?? []) visit(to, [...way, path]);
    done.add(path);
  };
  for (const path of sources) visit(path, []);
  t.deepEqual(cycles, []);
});

// The creators that are compared, each a whole command from its start to its end.

import { fileURLToPath } from "node:url";

/** A creator of torrents of one version. */
export interface Creator {
  readonly name: "ours" | "mktorrent" | "transmission-create" | "libtorrent";
  readonly version: "hybrid" | "v1";
  /** The command that makes OUTPUT, a new file. */
  command(content: string, output: string): readonly string[];
}

/** How torrents are made. */
interface Shape {
  readonly threads: number;
  /** Binary logarithm of the bytes of a piece. */
  readonly pieceLog: number;
}

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const troupe = pathOf("../../packages/cli/bin/troupe.mjs");
const libtorrent = pathOf("libtorrent_create.py");

/** In the order of their turns. */
export function creatorsOf({ pieceLog, threads }: Shape): readonly Creator[] {
  const bytes = 2 ** pieceLog;
  const ours = (version: Creator["version"]): Creator => ({
    name: "ours",
    version,
    command: (content, output) =>
      `${process.execPath} ${troupe} create ${content} --${version} --piece-size ${bytes} --quiet --output ${output}`.split(
        " ",
      ),
  });
  const python = (version: Creator["version"]): Creator => ({
    name: "libtorrent",
    version,
    command: (content, output) => [
      ...["/usr/bin/python3", libtorrent],
      ...[content, `${bytes}`, version, output],
    ],
  });
  const announce = "http://127.0.0.1:1/announce";
  return [
    ours("v1"),
    {
      name: "mktorrent",
      version: "v1",
      command: (content, output) => [
        ...["mktorrent", "-d", "-t", `${threads}`, "-l", `${pieceLog}`],
        ...["-a", announce, "-o", output, content],
      ],
    },
    {
      name: "transmission-create",
      version: "v1",
      command: (content, output) => [
        ...["transmission-create", "-s", `${bytes / 1_024}`],
        ...["-o", output, content],
      ],
    },
    python("v1"),
    ours("hybrid"),
    python("hybrid"),
  ];
}

// Torrents of ours beside those of libtorrent, and of a creator by the words of BEP 52 outside our code. `pnpm test:creation` makes more of
// them than a short run.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import test from "ava";
import fc from "fast-check";
import { createTorrent } from "@troupe/coordinator";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { temporaryFolder } from "../support/files/temporary-folder.ts";

const trees = Number(process.env["TREES"] ?? "12");
const script = fileURLToPath(new URL("../support/creation/other_creators.py", import.meta.url));
const blockBytes = 16_384;

interface Answer {
  readonly libtorrent: string;
  readonly bep?: string;
}

/** The other creators, a process that answers line by line. */
class OtherCreators implements Disposable {
  readonly #child = spawn("/usr/bin/python3", [script], { stdio: ["pipe", "pipe", "inherit"] });
  readonly #lines = createInterface({ input: this.#child.stdout });

  async make(question: object): Promise<Answer> {
    const answer = once(this.#lines, "line");
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const [line] = (await answer) as [string];
    return JSON.parse(line) as Answer;
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }
}

const names = fc.stringMatching(/^[a-zA-Z0-9_é-]{1,8}$/);
const lengths = fc.oneof(
  fc.constantFrom(0, 1, blockBytes - 1, blockBytes, blockBytes + 1, 65_536, 65_537),
  fc.nat(400_000),
);
const folders = fc
  .uniqueArray(
    fc.record({ path: fc.array(names, { minLength: 1, maxLength: 3 }), length: lengths }),
    {
      minLength: 2,
      maxLength: 9,
      selector: ({ path }) => path[0],
    },
  )
  .filter((files) => files.some(({ length }) => length > 0));

function write(root: string, files: readonly { path: readonly string[]; length: number }[]): void {
  for (const [at, { length, path }] of files.entries()) {
    const whole = join(root, ...path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(
      whole,
      Uint8Array.from({ length }, (_, byte) => (byte * 17 + at * 5) % 249),
    );
  }
}

function infoOf(bytes: Uint8Array): string {
  const { end, start } = parseTorrent(bytes).infoSpan;
  return Buffer.from(bytes.subarray(start, end)).toString("hex");
}

test("E14: our dictionaries are those of libtorrent and of BEP 52, byte for byte, on two file systems", async (t) => {
  using creators = new OtherCreators();
  const pieces = fc.constantFrom(blockBytes, 65_536, 262_144);
  let equal = 0;
  await fc.assert(
    fc.asyncProperty(folders, pieces, async (files, pieceLengthBytes) => {
      using disk = temporaryFolder("creation");
      using memory = temporaryFolder("creation", "/dev/shm");
      const [root, copy] = [disk.path, memory.path].map((path) => join(path, "root"));
      if (root === undefined || copy === undefined) return;
      write(root, files);
      write(copy, files);
      for (const [version, align] of [
        ["v1", false],
        ["v1", true],
        ["v2", false],
        ["hybrid", false],
      ] as const) {
        const options = { version, align, pieceLengthBytes };
        // One creation after the other. oxlint-disable-next-line no-await-in-loop
        const made = await createTorrent(root, options);
        // oxlint-disable-next-line no-await-in-loop
        t.deepEqual((await createTorrent(copy, options)).bytes, made.bytes);
        const question = { folder: root, pieceLength: pieceLengthBytes, version, aligned: align };
        // oxlint-disable-next-line no-await-in-loop
        const others = await creators.make(question);
        const info = infoOf(made.bytes);
        if (version === "v2") t.is(info, others.bep ?? "");
        t.is(info, others.libtorrent, `${version} ${align ? "aligned" : ""}`);
        equal++;
      }
    }),
    { numRuns: trees, endOnFailure: true },
  );
  t.is(equal, 4 * trees);
});

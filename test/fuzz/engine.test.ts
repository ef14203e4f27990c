// The fuzzer finds what it is there to find, and finds the same again.

import test from "ava";

import { Fuzzer } from "./engine/fuzzer.ts";
import { bytesMutator } from "./engine/mutate-bytes.ts";
import { isLonger, readTree, writeTree, type Tree } from "./engine/bencode-tree.ts";
import { OracleBroken } from "./engine/oracle.ts";
import type { FuzzTarget } from "./engine/target.ts";
import { magicIn } from "./support/magic.ts";

const seeker: FuzzTarget = {
  name: "seeker",
  oracle: "the input does not hold a word of four bytes",
  sources: ["fuzz/support/magic"],
  seeds: () => [new Uint8Array(4)],
  mutate: bytesMutator([]),
  maxBytes: 8,
  run(input) {
    if (magicIn(input)) throw new OracleBroken("found");
  },
};

test("coverage leads to a word that random inputs would need years for", async (t) => {
  const fuzzer = new Fuzzer(seeker, { seed: "1", corpus: [], isGuided: true, isTimed: false });
  await fuzzer.replay();
  for (let round = 0; round < 1_000 && fuzzer.findings.length === 0; round++) await fuzzer.go(200);
  fuzzer.close();
  const [found] = fuzzer.findings;
  t.is(found && Buffer.from(found.input).toString("latin1"), "zap!");
});

test("the same seed makes the same inputs", async (t) => {
  const run = async (seed: string): Promise<string[]> => {
    const inputs: string[] = [];
    const fuzzer = new Fuzzer(seeker, {
      seed,
      corpus: [],
      isGuided: false,
      isTimed: false,
      beforeInput: (input) => void inputs.push(Buffer.from(input).toString("hex")),
    });
    await fuzzer.go(300);
    return inputs;
  };
  t.deepEqual(await run("7"), await run("7"));
  t.notDeepEqual(await run("7"), await run("8"));
});

test("an error that the oracle does not throw is a finding too", async (t) => {
  const target: FuzzTarget = {
    ...seeker,
    run(input) {
      if (input.length > 3) throw new TypeError(`cannot read ${input.length}`);
    },
  };
  const fuzzer = new Fuzzer(target, { seed: "1", corpus: [], isGuided: false, isTimed: false });
  await fuzzer.go(50);
  t.is(fuzzer.findings.length, 1);
  t.is(fuzzer.findings[0]?.input.length, 4);
  t.is(fuzzer.findings[0]?.finding.kind, "wrong");
});

test("bencode read as a tree is written unchanged", (t) => {
  const bytes = Buffer.from("d1:ali-1e0:e1:bd1:ci007eee");
  const tree = readTree(bytes);
  t.deepEqual(tree && Buffer.from(writeTree(tree)), bytes);
});

test("a tree that shares its lists is known to be too long without being written", (t) => {
  const leaf: Tree = { kind: "string", bytes: new Uint8Array(1) };
  t.false(isLonger({ kind: "list", items: [leaf, leaf] }, 8));
  t.true(isLonger({ kind: "list", items: [leaf, leaf] }, 7));
  let tree: Tree = leaf;
  for (let depth = 0; depth < 20; depth++)
    tree = { kind: "list", items: Array.from({ length: 300 }, () => tree) };
  t.true(isLonger(tree, 1 << 20));
});

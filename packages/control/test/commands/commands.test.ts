import test from "ava";
import { gatesOf, type CommandRow } from "../../src/commands/command-row.ts";
import { commands } from "../../src/commands/commands.ts";
import { passes } from "../../src/gates/check-gate.ts";
import { record } from "../../src/gates/gate.ts";

const all: Readonly<Record<string, CommandRow>> = commands;

test("every required argument of a command has a gate", (t) => {
  for (const [name, { arguments: rows, required = [] }] of Object.entries(all))
    t.true(
      required.every((each) => Object.hasOwn(rows, each)),
      name,
    );
});

test("every default of an argument passes its gate", (t) => {
  for (const { arguments: rows } of Object.values(all))
    for (const [name, { gate, default: value }] of Object.entries(rows))
      t.true(value === undefined || passes(gate, value), name);
});

test("arguments are described by gates", (t) => {
  const { arguments: rows, required } = commands["add-peer"];
  const gate = record(gatesOf(rows), required);
  const torrent = "ab".repeat(20);
  t.true(passes(gate, { torrent, peer: { host: "a.test", port: 1 } }));
  t.false(passes(gate, { torrent }));
  t.false(passes(gate, { torrent: "x", peer: { host: "a.test", port: 1 } }));
});

test("a hash check takes 10,000 ranges, and refuses one more", (t) => {
  const { pieces } = commands.hashcheck.arguments;
  const ranges = (count: number) => Array.from({ length: count }, (_, piece) => [piece, piece]);
  t.true(passes(pieces.gate, ranges(10_000)));
  t.false(passes(pieces.gate, ranges(10_001)));
});

test("an added source may be a magnet link of 65,536 characters, or an address of 8,192", (t) => {
  const { gate } = commands.add.arguments.source;
  const link = (length: number) => `magnet:?xt=urn:btih:${"ab".repeat(20)}&dn=`.padEnd(length, "a");
  t.true(passes(gate, link(65_536)));
  t.false(passes(gate, link(65_544)));
  const address = (length: number) => "https://a.example/".padEnd(length, "a");
  t.true(passes(gate, address(8_192)));
  t.false(passes(gate, address(8_201)));
});

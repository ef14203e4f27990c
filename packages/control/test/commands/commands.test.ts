import test from "ava";
import { commands } from "../../src/commands/commands.ts";
import { passes } from "../../src/gates/check-gate.ts";
import { record, type Gate } from "../../src/gates/gate.ts";

interface AnyCommand {
  readonly arguments: Readonly<Record<string, Gate>>;
  readonly required?: readonly string[];
}

test("every required argument of a command has a gate", (t) => {
  const all: Readonly<Record<string, AnyCommand>> = commands;
  for (const [name, { arguments: gates, required = [] }] of Object.entries(all))
    t.true(
      required.every((each) => Object.hasOwn(gates, each)),
      name,
    );
});

test("arguments are described by gates", (t) => {
  const { arguments: gates, required } = commands["add-peer"];
  const gate = record(gates, required);
  const torrent = "ab".repeat(20);
  t.true(passes(gate, { torrent, peer: { host: "a.test", port: 1 } }));
  t.false(passes(gate, { torrent }));
  t.false(passes(gate, { torrent: "x", peer: { host: "a.test", port: 1 } }));
});

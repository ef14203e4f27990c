import test from "ava";
import { findOption, optionTable } from "../src/arguments/option-table.ts";
import { parseArguments } from "../src/arguments/parse-arguments.ts";
import { helpText } from "../src/help.ts";

const calls = ["download", "seed", "check", "info", "demo"] as const;

test("the overview names every call", (t) => {
  for (const call of calls) t.true(helpText(undefined).includes(call), call);
});

test("the help of a call has exactly its options", (t) => {
  for (const call of calls) {
    const text = helpText(call);
    for (const name of Object.keys(optionTable)) {
      const isKnown = findOption(name)?.calls.includes(call) === true;
      t.is(new RegExp(`\n {2}--${name}[ \n]`).test(text), isKnown, `${call} --${name}`);
    }
  }
});

test("every example is understood", (t) => {
  for (const call of calls) {
    const examples = helpText(call)
      .split("\n")
      .filter((line) => line.startsWith("  troupe ") && !line.includes("[") && !line.includes("…"));
    t.true(examples.length >= 2, call);
    for (const example of examples) {
      const [words = ""] = example.trim().split(" | ");
      t.is(parseArguments(words.split(" ").slice(1)).call, call, example);
    }
  }
});

test("no line is wider than 80 columns", (t) => {
  for (const topic of [undefined, ...calls, "help"] as const) {
    for (const line of helpText(topic).split("\n")) t.true(line.length <= 80, line);
  }
});

test("the help says which ways of discovery do not exist yet", (t) => {
  t.regex(helpText("download").replaceAll("\n", " "), /--no-dht.*nothing of the kind is ever used/);
});

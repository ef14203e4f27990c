import test from "ava";
import { findOption, optionsOf, optionTable } from "../src/arguments/option-table.ts";
import { parseArguments } from "../src/arguments/parse-arguments.ts";
import { helpText } from "../src/help.ts";

const calls = ["download", "seed", "check", "info", "demo", "dht", "completion"] as const;

test("the overview names every call", (t) => {
  for (const call of calls) t.true(helpText(undefined).includes(call), call);
});

test("the help of a call has exactly its options", (t) => {
  for (const call of calls) {
    const text = helpText(call);
    for (const name of Object.keys(optionTable)) {
      const row = findOption(name);
      const isKnown = row?.commands.includes(call) === true && row.isHidden !== true;
      t.is(new RegExp(`\n {2}(-[a-z], )?--${name}[ \n]`).test(text), isKnown, `${call} --${name}`);
    }
  }
});

test("the help of a transfer begins with the ten usual options, and has each option once", (t) => {
  for (const call of ["download", "seed"] as const) {
    const [, ...groups] = helpText(call).split(/^([A-Z][\w ]+):$/m);
    t.is(groups[0], "Usual options");
    const names = [...helpText(call).matchAll(/^ {2}(?:-[a-z], )?--([\w-]+)/gm)].map(
      ([, name]) => name,
    );
    t.deepEqual(names.toSorted(), optionsOf(call).toSorted());
  }
  const [, usual = ""] = /Usual options:\n(.+?)\n\n/s.exec(helpText("download")) ?? [];
  t.is([...usual.matchAll(/^ {2}(?:-[a-z], )?--/gm)].length, 10);
});

test("the units are explained once, where an option has them", (t) => {
  t.is(helpText("download").split("k = 1024").length, 2);
  t.false(helpText("completion").includes("1024"));
});

test("the exit codes are in the overview alone", (t) => {
  t.regex(helpText(undefined), /^Exit: 0 done/m);
  for (const call of calls) t.notRegex(helpText(call), /^Exit:/m);
});

test("every short option is in the help", (t) => {
  for (const [name, { letter }] of Object.entries(optionTable)) {
    const text = helpText("download");
    if (letter !== undefined) t.true(text.includes(`  -${letter}, --${name}`), name);
  }
});

test("every example is a valid command line", (t) => {
  for (const call of calls) {
    const examples = helpText(call)
      .split("\n")
      .filter((line) => line.startsWith("  troupe ") && !line.includes("[") && !line.includes("…"));
    t.true(examples.length >= 2, call);
    for (const example of examples) {
      const [words = ""] = example.trim().split(" | ");
      t.is(parseArguments(words.split(" ").slice(1)).command, call, example);
    }
  }
});

for (const columns of [40, 80, 160]) {
  test(`on ${columns} columns no text is wider, and lines to copy are not wrapped`, (t) => {
    for (const topic of [undefined, ...calls, "help", "display"] as const) {
      for (const line of helpText(topic, columns).split("\n")) {
        const isToCopy = /^ *(?:troupe |--)/.test(line) || /https?:|~\//.test(line);
        t.true(isToCopy || line.length <= Math.min(columns, 100), line);
      }
    }
  });
}

test("options stand beside their meaning where there is room, above it where not", (t) => {
  t.regex(helpText("download", 80), /^ {2}-d, --dir D {9}where the data goes/m);
  t.regex(helpText("download", 40), /^ {2}-d, --dir D\n {6}where the data goes/m);
});

test("the signs of the display are explained", (t) => {
  const text = helpText("display");
  for (const sign of ["█/#", "×/x"]) t.true(text.includes(`  ${sign} `), sign);
  for (const letter of "DdUuK?SIXLH") t.true(text.includes(`\n  ${letter}   `), letter);
});

test("the help of a transfer lists the ways by which peers are found", (t) => {
  t.regex(helpText("download").replaceAll("\n", " "), /through trackers, the DHT, magnet links/);
});

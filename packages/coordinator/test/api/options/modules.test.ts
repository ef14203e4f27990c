import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import test from "ava";
import fc from "fast-check";
import { checkRules, torrentRules } from "@troupe/control";
import { modulesOf, type ModuleOptions } from "../../../src/api/options/modules.ts";

const picker = "file:///home/me/picker.mjs";
const choker = "file:///home/me/choker.mjs";

test("AE27: modules are named by `file:` URLs", (t) => {
  t.deepEqual(modulesOf({}), {});
  t.deepEqual(modulesOf({ picker, choker: new URL(choker) }), { picker, choker });
  const spaced = { picker: "file:///home/me/my picker.mjs" };
  t.is(modulesOf(spaced).picker, "file:///home/me/my%20picker.mjs");
  t.deepEqual(modulesOf({ store: picker, hasher: choker }), { store: picker, hasher: choker });
  t.deepEqual(modulesOf({ extensions: [picker, new URL(choker)] }), {
    extensions: [picker, choker],
  });
});

test("AE27: a change leaves the parts that it does not name", (t) => {
  const before = { picker, choker };
  t.deepEqual(modulesOf({}, before), before);
  t.deepEqual(modulesOf({ picker: undefined }, before), { choker });
  t.deepEqual(modulesOf({ choker: picker }, before), { picker, choker: picker });
  t.deepEqual(modulesOf({ extensions: [] }, before), { ...before, extensions: [] });
});

test("AE27: neither paths nor other URLs nor modules of Node are taken", (t) => {
  const wrong = [
    "http://example.org/picker.mjs",
    "data:text/javascript,export default 1",
    "node:fs",
    "fs",
    "fs/promises",
    "./picker.mjs",
    "../picker.mjs",
    "/home/me/picker.mjs",
    "C:\\picker.mjs",
    "#picker",
    "@scope",
    "a/../../b",
    "",
    `file:///${"a".repeat(4096)}`,
    new URL("https://example.org/picker.mjs"),
    7,
    null,
    {},
  ];
  for (const each of wrong) {
    const options = { picker: each } as ModuleOptions;
    t.throws(() => modulesOf(options), { code: "option-out-of-range" });
  }
  const many = Array.from({ length: 17 }, () => picker);
  t.throws(() => modulesOf({ extensions: many }), { code: "option-out-of-range" });
  const text = { extensions: picker } as object;
  t.throws(() => modulesOf(text), { code: "option-out-of-range" });
  t.throws(() => modulesOf({ pickers: picker } as object), { code: "option-unknown" });
});

test("AE27: a text is refused, or becomes a `file:` URL", (t) => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        const url = modulesOf({ choker: text }).choker ?? "";
        t.true(url.startsWith("file:"));
      } catch (error) {
        const { code } = error as { readonly code: string };
        t.true(["option-out-of-range", "module-not-found"].includes(code));
      }
    }),
  );
});

test("AE27: a picker and `sequential` exclude each other", (t) => {
  const refused = { code: "option-out-of-range", message: /^option picker is .* `sequential`$/ };
  const check = (modules: ModuleOptions) => {
    checkRules(torrentRules, { sequential: true, modules });
  };
  t.throws(() => check({ picker }), refused);
  t.notThrows(() => check({ choker }));
});

test.serial(
  "AE27: a package is found from the current folder, by the conditions of imports",
  (t) => {
    const before = process.cwd();
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "modules-")));
    t.teardown(() => {
      process.chdir(before);
      rmSync(folder, { recursive: true });
    });
    const home = join(folder, "node_modules", "@me", "choker");
    mkdirSync(home, { recursive: true });
    const exports = { ".": { import: "./imported.mjs", require: "./required.cjs" } };
    writeFileSync(join(home, "package.json"), JSON.stringify({ name: "@me/choker", exports }));
    writeFileSync(join(home, "imported.mjs"), "");
    process.chdir(folder);
    const found = pathToFileURL(join(home, "imported.mjs")).href;
    t.deepEqual(modulesOf({ choker: "@me/choker" }), { choker: found });
    for (const missing of ["@me/picker", "@me/choker/hidden", "no-such-package"]) {
      const error = t.throws(() => modulesOf({ picker: missing }), {
        code: "module-not-found",
      });
      t.false(error?.message.includes("\n"));
    }
  },
);

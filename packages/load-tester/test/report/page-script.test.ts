import { readdirSync, readFileSync } from "node:fs";
import { Script } from "node:vm";
import test from "ava";
import { pageModule, pageModuleUrl } from "../../src/report/page-module.ts";
import { joinPage, pageModules } from "../../src/report/page-script.ts";

test("the modules of the page join to one script without types, imports and comments", (t) => {
  const script = joinPage(pageModules.map((name) => pageModule(name)));
  t.notThrows(() => new Script(script));
  t.notRegex(script, /^\s*(import|export|\/\/|\/\*)/m);
  t.true(script.length < 60_000, `${script.length} characters`);
});

test("every module of the page with code is joined, and no name is declared twice", (t) => {
  const files = readdirSync(new URL("./", pageModuleUrl("main"))).filter((name) =>
    name.endsWith(".ts"),
  );
  const withCode = files
    .map((name) => name.slice(0, -3))
    .filter((name) => pageModule(name).trim() !== "");
  t.deepEqual(withCode.toSorted(), pageModules.toSorted());
  const names = pageModules.flatMap((name) =>
    [...pageModule(name).matchAll(/^(?:const|let|function|class|async function) (\w+)/gm)].flatMap(
      ([, found]) => found ?? [],
    ),
  );
  const locals = (found: string) => names.filter((name) => name === found).length;
  t.deepEqual(
    names.filter((name) => locals(name) > 1 && isTopLevel(name)),
    [],
  );
});

/** Indentation is gone from joined modules: the sources tell which declarations are of the module itself. */
function isTopLevel(name: string): boolean {
  const declared = pageModules.filter((module) =>
    new RegExp(`^(?:export )?(?:const|let|function|class) ${name}\\b`, "m").test(
      readFileSync(pageModuleUrl(module), "utf8"),
    ),
  );
  return declared.length > 1;
}

test("a module needs only modules that come before it, except inside functions", (t) => {
  for (const [index, name] of pageModules.entries()) {
    const text = readFileSync(pageModuleUrl(name), "utf8");
    const needed = [...text.matchAll(/^import (?!type)[^;]*from "\.\/([\w-]+)\.ts"/gm)].map(
      ([, other = ""]) => other,
    );
    const later = needed.filter((other) => pageModules.indexOf(other) > index);
    t.deepEqual(later, [], name);
  }
});

test("no module of the page parses text as HTML or opens a connection", (t) => {
  for (const name of pageModules) {
    t.notRegex(
      pageModule(name),
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|fetch\(|XMLHttpRequest|eval\(|import\(/,
      name,
    );
  }
});

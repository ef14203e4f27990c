// Exceptions of a rule of the house: a list of files from the root of the repository, each with its reason.

import { existsSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The path of the file that is linted, from the root of the repository. */
export function pathOf({ filename }) {
  return relative(root, filename).split(sep).join("/");
}

/**
 * Reports what a rule finds, but not in the files that are excepted. An excepted file without a find is reported.
 *
 * @param files Their paths.
 * @param visit Makes the rule's visitors; calls `report(node, message)` for each find.
 */
export function exceptFor(files, visit) {
  return (context) => {
    const isException = files.includes(pathOf(context));
    let finds = 0;
    const report = (node, message) => {
      finds++;
      if (!isException) context.report({ node, message });
    };
    return {
      ...visit(report),
      "Program:exit"(node) {
        if (!isException || finds > 0) return;
        context.report({
          node,
          message: "is no exception any more: take it off the list in scripts/lint/",
        });
      },
    };
  };
}

/** The paths of lists of exceptions. */
export function pathsOf(...lists) {
  return lists.flatMap((list) => list.map(([path]) => path));
}

/** Visitors for the file that holds lists of exceptions: it is checked by `faultsOf`. */
export function checkLists(context, most, counted, ...others) {
  return {
    Program(node) {
      for (const message of faultsOf(most, counted, ...others)) context.report({ node, message });
    },
  };
}

/** Faults of lists of exceptions, as sentences. @param most Longest length of the first list. */
export function faultsOf(most, counted, ...others) {
  const faults = [];
  const report = (fault) => faults.push(fault);
  const exceptions = [counted, ...others].flat();
  if (counted.length > most) report(`${counted.length} exceptions, allowed are ${most}`);
  for (const [path, reason] of exceptions) {
    if (!existsSync(join(root, path))) report(`${path} does not exist`);
    if (reason.trim() === "") report(`${path} has no reason`);
  }
  const paths = exceptions.map(([path]) => path);
  for (const path of new Set(paths.filter((path, at) => paths.indexOf(path) !== at)))
    report(`${path} is listed twice`);
  return faults;
}

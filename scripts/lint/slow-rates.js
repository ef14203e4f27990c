// house/slow-rates: a test that runs engines holds a state by a door (a relay, a gated seeder, a gated disk), and not by
// a rate below 1 MB/s.

import { checkLists, exceptFor, pathOf, pathsOf } from "./exceptions.js";
import { limitTests, mostSlowRateExceptions, slowRateExceptions } from "./slow-rates-exceptions.js";

const listPath = "scripts/lint/slow-rates-exceptions.js";
const leastBytesPerSecond = 1_000_000;

/** Names of settings and constants in bytes a second. */
const bytesNames =
  /^(?:down|up|peerDown|peerUp|(?:down|up|download|upload)Limit|(?:.*B|b)ytesPerSecond)$/;
const kibibytesNames = /[kK]ibibytesPerSecond$/;
const word = /^--(?:down|up)$/;
const wordInText = /--(?:down|up)[ =](\d+(?:\.\d+)?[kKM]?)\b/;
const units = { k: 1e3, K: 1e3, M: 1e6 };

/** Visitors that report each slow rate. */
export function findSlowRates(report) {
  const check = (node, bytesPerSecond) => {
    if (bytesPerSecond > 0 && bytesPerSecond < leastBytesPerSecond)
      report(node, "a rate below 1 MB/s: hold the state by a door");
  };
  const named = (node, name, value) => {
    if (bytesNames.test(name)) check(node, rateOf(value));
    else if (kibibytesNames.test(name)) check(node, 1_024 * rateOf(value));
  };
  return {
    Property(node) {
      named(node, node.key.name ?? node.key.value ?? "", node.value);
    },
    VariableDeclarator(node) {
      named(node, node.id.name ?? "", node.init);
    },
    ArrayExpression({ elements }) {
      for (const [at, element] of elements.entries())
        if (word.test(element?.value)) check(element, rateOf(elements[at + 1]));
    },
    Literal(node) {
      check(node, rateOfText(wordInText.exec(node.value)?.[1]));
    },
    TemplateElement(node) {
      check(node, rateOfText(wordInText.exec(node.value.raw)?.[1]));
    },
  };
}

/** The number that an expression of literals gives, else NaN. */
function rateOf(node) {
  if (node?.type === "Literal")
    return typeof node.value === "number" ? node.value : rateOfText(node.value);
  if (node?.type !== "BinaryExpression") return NaN;
  const [left, right] = [rateOf(node.left), rateOf(node.right)];
  if (node.operator === "*") return left * right;
  if (node.operator === "**") return left ** right;
  return node.operator === "<<" && left > 0 ? left << right : NaN;
}

function rateOfText(text) {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([kKM]?)$/.exec(text ?? "") ?? [];
  return number === undefined ? NaN : Number(number) * (units[unit] ?? 1);
}

export const slowRates = {
  create(context) {
    if (pathOf(context) === listPath)
      return checkLists(context, mostSlowRateExceptions, slowRateExceptions, limitTests);
    const files = [...pathsOf(slowRateExceptions, limitTests)];
    return exceptFor(files, findSlowRates)(context);
  },
};

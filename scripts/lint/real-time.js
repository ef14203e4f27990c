// house/real-time: tests, their support and their fixtures set no timer of the real clock. They wait by
// test/support/time, for a state or an event.

import { checkLists, exceptFor, pathOf, pathsOf } from "./exceptions.js";
import { mostRealTimeExceptions, realTimeExceptions } from "./real-time-exceptions.js";

const listPath = "scripts/lint/real-time-exceptions.js";
const timers = new Set(["setTimeout", "setInterval"]);
const isGlobal = /^(?:globalThis|global|window|self)$/;
const inText = /\bset(?:Timeout|Interval)\(/;
const remedy = "wait by until, found or waiting of test/support/time";

/** Visitors that report each timer. */
export function findTimers(report) {
  const text = (node, value) => {
    if (typeof value === "string" && inText.test(value))
      report(
        node,
        `a text of a program has a timer: ${remedy}, or let the program wait for an event`,
      );
  };
  return {
    Identifier(node) {
      if (timers.has(node.name) && !isOtherName(node)) report(node, `${node.name}: ${remedy}`);
    },
    ImportDeclaration(node) {
      if (!isTimerModule(node.source.value)) return;
      for (const specifier of node.specifiers)
        if (specifier.imported?.name !== "setImmediate")
          report(specifier, `timers are imported: ${remedy}`);
    },
    ImportExpression(node) {
      if (isTimerModule(node.source.value)) report(node, `timers are imported: ${remedy}`);
    },
    CallExpression(node) {
      const { callee, arguments: words } = node;
      if (callee.type !== "MemberExpression") return;
      const name = `${callee.object.name}.${callee.property.name}`;
      const isTimed = /^Atomics\.wait(?:Async)?$/.test(name) && words.length > 3;
      if (isTimed || name === "AbortSignal.timeout") report(node, `${name}: ${remedy}`);
    },
    Literal(node) {
      text(node, node.value);
    },
    TemplateElement(node) {
      text(node, node.value.raw);
    },
  };
}

function isTimerModule(name) {
  return /^(?:node:)?timers(?:\/promises)?$/.test(name);
}

/** Whether the identifier is the name of a property, such as `socket.setTimeout`, or of an import. */
function isOtherName(node) {
  const { parent } = node;
  if (parent.type === "ImportSpecifier") return true;
  if (parent.type === "MemberExpression")
    return parent.property === node && !parent.computed && !isGlobal.test(parent.object.name);
  return parent.key === node && !parent.computed;
}

export const realTime = {
  create(context) {
    if (pathOf(context) === listPath)
      return checkLists(context, mostRealTimeExceptions, realTimeExceptions);
    return exceptFor([...pathsOf(realTimeExceptions)], findTimers)(context);
  },
};

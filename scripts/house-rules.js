// Rules of the house that the linter does not bring along (see .oxlintrc.json).

import { realTime } from "./lint/real-time.js";
import { slowRates } from "./lint/slow-rates.js";

const documentedExports = {
  create(context) {
    const check = (node) => {
      const { declaration } = node;
      if (declaration === null || declaration === undefined) return;
      // The second and later overloads of a function say nothing new.
      if (isLaterOverload(node, declaration)) return;
      const comments = context.sourceCode.getCommentsBefore(node);
      const last = comments.at(-1);
      if (last !== undefined && last.type === "Block" && last.value.startsWith("*")) return;
      context.report({
        node,
        message: `the export ${nameOf(declaration)} has no doc comment: shape, unit, bounds, errors`,
      });
    };
    return { ExportNamedDeclaration: check, ExportDefaultDeclaration: check };
  },
};

const specificationLink = {
  create(context) {
    return {
      Program(node) {
        const [first] = context.sourceCode.getAllComments();
        const comments = context.sourceCode.getAllComments().filter(({ end }) => end < 400);
        const head = comments.map(({ value }) => value).join("\n");
        if (first !== undefined && /bittorrent\.org\/beps\/bep_\d{4}/.test(head)) return;
        context.report({ node, message: "a file of a BEP opens with the link to it" });
      },
    };
  },
};

function isLaterOverload(node, declaration) {
  if (declaration.type !== "FunctionDeclaration" || declaration.id === null) return false;
  const siblings = node.parent.body;
  const before = siblings[siblings.indexOf(node) - 1]?.declaration;
  return before?.type === "TSDeclareFunction" && before.id.name === declaration.id.name;
}

function nameOf(declaration) {
  const [first] = declaration.declarations ?? [];
  return declaration.id?.name ?? first?.id?.name ?? "default";
}

export default {
  meta: { name: "house" },
  rules: {
    "documented-exports": documentedExports,
    "real-time": realTime,
    "slow-rates": slowRates,
    "specification-link": specificationLink,
  },
};

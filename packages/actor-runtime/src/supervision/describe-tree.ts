import type { ChildSpec, PoolSpec, SupervisorSpec } from "../supervisor-spec.ts";

type Line = ChildSpec | PoolSpec | SupervisorSpec;

/**
 * Prints a tree, also for ARCHITECTURE.md: a line for each member, in start order, indented by depth. No final line
 * break.
 */
export function describeTree(spec: SupervisorSpec): string {
  const width = longestName(spec);
  return linesOf(spec, 0, width).join("\n");
}

function linesOf(line: Line, depth: number, width: number): string[] {
  const text = `${"  ".repeat(depth)}${line.name.padEnd(width)}  ${rulesOf(line)}`;
  if (line.kind !== "supervisor") return [text];
  return [text, ...line.children.flatMap((child) => linesOf(child, depth + 1, width))];
}

function rulesOf(line: Line): string {
  switch (line.kind) {
    case "actor":
      return `${line.restart}${line.isOnDemand === true ? ", on demand" : ""}, ${line.shutdownMs} ms to stop`;
    case "pool":
      return `pool, ${line.shutdownMs} ms to stop`;
    case "supervisor":
      return `one-for-one, ${line.restart === "temporary" ? "temporary, " : ""}${line.maxRestarts} restarts in ${line.withinMs} ms`;
  }
}

function longestName(line: Line): number {
  const inner = line.kind === "supervisor" ? line.children.map(longestName) : [];
  return Math.max(line.name.length, ...inner);
}

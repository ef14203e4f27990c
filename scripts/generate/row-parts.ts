import type { ArgumentRow, Gate } from "@troupe/control";
import { spellBytes } from "@troupe/protocol/text";

/** The default of a row, as its reference says it; empty without one, and for an empty list. */
export function defaultText({ gate, default: value }: ArgumentRow): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.join(", ");
  if (gate.kind === "bytes") return spellBytes(Number(value)).replace(".0 ", " ");
  return typeof value === "string" ? `\`${value}\`` : JSON.stringify(value);
}

/** The object that a value which passes a gate is, or lists, by names or not. */
export function objectIn(gate: Gate): Extract<Gate, { readonly kind: "record" }> | undefined {
  if (gate.kind === "record") return gate;
  if (gate.kind === "list" || gate.kind === "map") return objectIn(gate.of);
  if (gate.kind !== "either") return undefined;
  return gate.of.map(objectIn).find((each) => each !== undefined);
}

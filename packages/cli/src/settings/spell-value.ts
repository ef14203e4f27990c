// Values of settings as `troupe settings` shows them.

import type { Gate } from "@troupe/control";

const kibibyte = 1_024;
const sizeUnits = ["", "k", "M", "G", "T"];

/** A value as the settings file may have it: `64M`, `90s`, `6881, 0`. */
export function spellValue(gate: Gate | undefined, value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (Array.isArray(value)) return value.length === 0 ? "–" : value.map(spellItem).join(", ");
  const isNumber = typeof value === "number";
  if (isNumber && (gate?.kind === "bytes" || gate?.kind === "rate")) return spellSize(value);
  if (isNumber && gate?.kind === "duration") return `${value}${gate.unit ?? "s"}`;
  return spellItem(value);
}

/** The largest unit that leaves a whole number. */
function spellSize(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size > 0 && size % kibibyte === 0 && unit < sizeUnits.length - 1) {
    size /= kibibyte;
    unit += 1;
  }
  return `${size}${sizeUnits[unit]}`;
}

function spellItem(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** `0 B`, `1023 B`, `1.50 KiB`, `64.0 MiB`, `512 GiB`: three significant digits. */
export function spellBytes(bytes: number): string {
  let step = 0;
  let value = bytes;
  // 999.5 would take four digits, except for bytes.
  while (step + 1 < units.length && value >= (step === 0 ? 1024 : 999.5)) {
    step++;
    value /= 1024;
  }
  return `${digits(value, step === 0)} ${units[step] ?? ""}`;
}

function digits(value: number, isWhole: boolean): string {
  if (isWhole) return Math.round(value).toString();
  if (value < 9.995) return value.toFixed(2);
  return value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}

/** @returns A name with this beginning that no other process and no other call takes. */
export function temporaryName(beginning: string): string {
  // Loading `node:crypto` would take 8 ms.
  return `${beginning}-${process.pid}-${Math.random().toString(36).slice(2)}.tmp`;
}

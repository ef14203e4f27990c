// Bans and lifts of a library that shares its state folder, one after the other, and the bans that must be there then.

import type { Coordinator } from "@troupe/coordinator";

/** A change, before it begins and when it is reported saved. */
export interface BanChange {
  readonly step: "begins" | "saved";
  readonly kind: "ban" | "lift";
  readonly address: string;
}

/**
 * Bans addresses of `10.NUMBER.0.0/16`, and lifts every second of them.
 *
 * @param mayGoOn Called between two changes. @returns False to end.
 */
export async function changeBans(
  coordinator: Coordinator,
  number: number,
  note: (change: BanChange) => void,
  mayGoOn: () => Promise<boolean>,
): Promise<void> {
  const change = async (kind: BanChange["kind"], index: number): Promise<void> => {
    const address = `10.${number}.${index >> 8}.${index & 255}`;
    note({ step: "begins", kind, address });
    await (kind === "ban" ? coordinator.ban([address]) : coordinator.liftBan([address]));
    note({ step: "saved", kind, address });
  };
  for (let index = 0; await mayGoOn(); index++) {
    await change("ban", index);
    if (index % 2 === 1) await change("lift", index - 1);
  }
}

/** The bans that are there after changes; a change that was not reported saved may be there or not. */
export function bansAfter(changes: readonly BanChange[]): {
  readonly sure: ReadonlySet<string>;
  readonly unsure: ReadonlySet<string>;
} {
  const sure = new Set<string>();
  const unsure = new Set<string>();
  for (const { address, kind, step } of changes) {
    if (step === "begins") unsure.add(address);
    else unsure.delete(address);
    if (step === "saved" && kind === "ban") sure.add(address);
    else sure.delete(address);
  }
  return { sure, unsure };
}

/** A limit as a call gives it: a switch and a value, each of which may be absent. */
interface GivenLimit {
  readonly isOn: boolean | undefined;
  readonly value: number | undefined;
}

/**
 * The limit after a call. The engine keeps no value of a limit that is off: a value for such a limit is dropped, and a limit
 * that is switched on without a value takes the preset one.
 *
 * @param now The value of a limit that is on.
 * @returns Undefined: no change.
 */
export function limitChange(
  { isOn, value }: GivenLimit,
  now: number | undefined,
  preset: number,
): number | "off" | undefined {
  if (isOn === false) return "off";
  if (isOn === true) return value ?? now ?? preset;
  return now === undefined ? undefined : value;
}

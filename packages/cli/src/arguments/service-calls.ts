// The calls that steer a running service. The start of the program loads this file, so it imports nothing.

/** In the order of the help. */
export const serviceCalls = [
  "add",
  "list",
  "show",
  "start",
  "stop",
  "pause",
  "remove",
  "set",
  "watch",
  "feeds",
  "password",
  "token",
] as const;

/** A call that steers a running service. */
export type ServiceCall = (typeof serviceCalls)[number];

/** Whether a word is a call that steers a running service. */
export function isServiceCall(word: string): word is ServiceCall {
  return serviceCalls.some((call) => call === word);
}

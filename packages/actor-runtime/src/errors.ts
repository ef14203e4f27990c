// The code and the sentence of anything thrown, and errors with a code like those of the system.

/** The `code` of an error; undefined when it has none. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}

/** The sentence of an error; any other value as text. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Code and sentence of an error. @param codeless The code of an error without one. */
export function asFault(
  thrown: unknown,
  codeless = "internal",
): { readonly code: string; readonly message: string } {
  return { code: codeOf(thrown) ?? codeless, message: messageOf(thrown) };
}

/** An error of ours with a code like those of the system. */
export function systemError(code: string, message: string): Error & { readonly code: string } {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}

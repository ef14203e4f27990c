/** The `code` of an error, if any. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}

/** The message of an error, or any other value as text. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Code and message of an error. @param codeless Default code. */
export function asFault(
  thrown: unknown,
  codeless = "internal",
): { readonly code: string; readonly message: string } {
  return { code: codeOf(thrown) ?? codeless, message: messageOf(thrown) };
}

/** An error with a system-like code. */
export function systemError(code: string, message: string): Error & { readonly code: string } {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}

/** Runs all functions, also where some throw, and then throws their errors together. */
export function runAll(functions: Iterable<() => void>): void {
  const errors: unknown[] = [];
  for (const run of functions) {
    try {
      run();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, `bug: ${errors.length} ends failed`);
}

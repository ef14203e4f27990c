// Modules of the system, loaded by the thread that uses them, when it does.

/**
 * The module itself, as `require` gives it.
 *
 * An `import` of a system module reads every name that it exports, and some names load more when they are read:
 * importing `node:http` loads a WebSocket client too, 28 ms of CPU and 20 MB in each thread, against 3 ms and 3.5 MB
 * this way.
 */
export const systemModule: typeof process.getBuiltinModule = (name: string) =>
  process.getBuiltinModule(name);

/** Modules of the user's program. */
export interface Modules {
  /**
   * Loads a module; a module that was loaded before is not read again.
   *
   * @param url A `file:` URL.
   * @returns The default export; undefined without one.
   * @throws rejects with the error of the module, or of reading it.
   */
  load(url: string): Promise<unknown>;
}

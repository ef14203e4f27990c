// tsc rewrites the extensions of imports, not those inside `new URL`.

/**
 * The address of a file beside the calling one: `.ts` when the caller runs from source, `.js` when it was built.
 *
 * @param from The caller's `import.meta.url`.
 * @param path Relative, without extension: `./peer.worker`.
 */
export function siblingUrl(from: string, path: string): URL {
  const extension = new URL(from).pathname.endsWith(".ts") ? ".ts" : ".js";
  return new URL(path + extension, from);
}

// The folder of the page's built files: scripts/page-bundle.ts writes it for the sources, and joined modules have it beside them.

/** Ends with `/`. */
export const pageFolder: URL = new URL("../../../page/bundle/", import.meta.url);

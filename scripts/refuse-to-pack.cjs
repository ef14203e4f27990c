// Runs before a package of this folder is packed: it has sources alone, and would install as a package without code.
"use strict";

const name = process.env.npm_package_name || "this package";
process.stderr.write(
  "cannot pack " +
    name +
    " from its sources: nothing is built here; `npx -y pnpm@12 run pack:all` builds every package and packs it into dist-packages/ [not-built]\n",
);
process.exitCode = 1;

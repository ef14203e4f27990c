// Starts the thread of an actor whose modules were joined into a script: this file lies beside it, as `.cjs`.

import { runScript } from "./compiled-script.ts";

const [, file = ""] = process.argv;
runScript(file.replace(/\.cjs$/, ".js"));

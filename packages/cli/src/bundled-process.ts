// The command as a script: see start.ts.

import { runProcess } from "./run-process.ts";

void runProcess();

// Loaded before the modules of tests (`require` of ava.config.js) and of programs of tests (`--import`).

import { useBundledThreads } from "./bundled-threads.ts";

useBundledThreads();

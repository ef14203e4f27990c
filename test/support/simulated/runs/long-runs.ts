/** `pnpm test:simulation` runs the figures that users have; the tests of all packages run smaller ones. */
export const isLongRun: boolean = process.env["SIMULATION"] === "long";

// The lane of this run. The gate tries each claim once at its smallest size; `pnpm test:long` has whole sizes and counts.

/** Whether this is a run of the long lanes: every size, count and boundary that a test has. */
export const isLong: boolean = process.env["TEST_LANE"] === "long";

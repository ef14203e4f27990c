/** Values by names in snake case. */
export type Values = Readonly<Record<string, unknown>>;

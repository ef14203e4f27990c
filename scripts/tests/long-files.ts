// Test files that the long lanes alone run (`pnpm test:long`, and of it the rotating part of each CI run).

export const longFiles: readonly string[] = [];

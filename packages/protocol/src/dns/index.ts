export * from "./rfc-1035-question.ts";
export * from "./rfc-1035-reply.ts";

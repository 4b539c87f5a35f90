import { Type } from "typebox";

/** Who may act on people's data here, and who may only look. */
export const OFFICERS = { kind: "api-key", roles: ["admin", "compliance"] } as const;
export const READERS = { kind: "api-key", roles: ["admin", "compliance", "auditor"] } as const;

export const Uuid = Type.String({ format: "uuid" });
export const ById = Type.Object({ id: Uuid });

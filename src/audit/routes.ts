import type { Db } from "../db/index.ts";
import { type Route, route } from "../kernel/route.ts";
import { AuditPage, AuditQuery } from "./audit.schema.ts";
import { listEntries } from "./audit.store.ts";

/** The doors of the audit log: it can be read, by those whose work it is, and not written. */
export function auditRoutes(deps: { readonly db: Db }): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/audit",
      operationId: "listAudit",
      summary: "Read the audit log, page by page.",
      tag: "audit",
      auth: { kind: "api-key", roles: ["auditor", "admin", "compliance"] },
      query: AuditQuery,
      responses: { 200: { describe: "A page of entries.", schema: AuditPage } },
      handle: async ({ query }) => {
        const limit = query.limit ?? 100;
        const found = await listEntries(deps.db, {
          ...(query.action === undefined ? {} : { action: query.action }),
          ...(query.cursor === undefined ? {} : { after: Number(query.cursor) }),
          isDown: query.sort !== "seq",
          limit,
        });
        const last = found.at(-1);
        const body: AuditPage = {
          items: found.map((row) => ({
            seq: row.seq,
            entry: row.entry,
            leafHash: row.leaf_hash.toString("hex"),
            sequencedAt: row.sequenced_at.toISOString(),
          })),
          next: found.length < limit || last === undefined ? null : String(last.seq),
        };
        return { status: 200, body };
      },
    }),
  ];
}

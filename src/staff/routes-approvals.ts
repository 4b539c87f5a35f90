import { type Route, route } from "../kernel/route.ts";
import type { Approvals } from "./approvals.ts";
import { ApprovalDecision, Approvals as ApprovalList, ApprovalQuery, IdParams } from "./staff.schema.ts";
import type { Staff } from "./staff.ts";

/** The doors by which a second person decides. */
export function approvalRoutes(deps: { readonly approvals: Approvals; readonly staff: Staff }): Route[] {
  const about = { tag: "approvals", auth: { kind: "api-key", roles: ["compliance", "cx"] } } as const;
  return [
    route({
      ...about,
      method: "GET",
      path: "/v1/approvals",
      operationId: "listApprovals",
      summary: "Acts that wait for a second person, and those that were decided",
      query: ApprovalQuery,
      responses: { 200: { describe: "A page, newest first.", schema: ApprovalList } },
      handle: async ({ principal, query }) => {
        const limit = query.limit ?? 100;
        const found = await deps.approvals.list({ ...query, limit: limit + 1 });
        const rows = found.slice(0, limit);
        const names = new Map((await deps.staff.list()).map((account) => [account.id, account.name]));
        const items = rows.map((row) => ({
          id: row.id,
          operation: row.operation,
          target: row.target,
          askedBy: names.get(row.askedBy) ?? row.askedBy,
          askedAt: row.askedAt.toISOString(),
          expiresAt: row.expiresAt.toISOString(),
          decision: row.decision,
          decidedBy: row.decidedBy === null ? null : (names.get(row.decidedBy) ?? row.decidedBy),
          usedAt: row.usedAt?.toISOString() ?? null,
          mine: principal.kind === "staff" && principal.id === row.askedBy,
        }));
        return {
          status: 200,
          body: { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null },
        };
      },
    }),
    route({
      ...about,
      method: "POST",
      path: "/v1/approvals/:id",
      operationId: "decideApproval",
      summary: "Approve or refuse what somebody else asked for",
      params: IdParams,
      body: { kind: "json", schema: ApprovalDecision },
      responses: { 204: { describe: "Decided. Whoever asked sends the request again." } },
      handle: async ({ principal, requestId, params, body }) => {
        await deps.approvals.decide({ principal, requestId }, params.id, body.decision);
        return { status: 204 };
      },
    }),
  ];
}

import { Readable } from "node:stream";
import { AppError } from "../kernel/problems.ts";
import { type Route, route } from "../kernel/route.ts";
import type { AuditEvidence } from "./evidence.ts";
import {
  EntryProofView,
  ExportQuery,
  GrowthProofView,
  GrowthQuery,
  ProofParams,
  ProofQuery,
  TreeHeadPage,
  TreeHeadQuery,
  TreeHeadView,
} from "./proof.schema.ts";
import type { TreeHeadRow } from "./tree.store.ts";

function viewOf(head: TreeHeadRow): TreeHeadView {
  return {
    size: head.size,
    root: head.root.toString("hex"),
    keyId: head.kid,
    signedAt: head.signedAt.toISOString(),
    jws: head.jws,
  };
}

function missing(detail: string): AppError {
  return new AppError("not-found", { detail });
}

/** What lets others check the log without trusting this server. */
export function auditProofRoutes({ evidence }: { readonly evidence: AuditEvidence }): Route[] {
  const door = {
    tag: "audit",
    auth: { kind: "api-key", roles: ["auditor", "admin", "compliance"] },
  } as const;
  return [
    route({
      ...door,
      method: "GET",
      path: "/v1/audit/tree-head",
      operationId: "getTreeHead",
      summary: "The newest signed tree head of the audit log. Keep it somewhere else.",
      responses: { 200: { describe: "The head.", schema: TreeHeadView } },
      handle: async () => {
        const head = await evidence.newestHead();
        if (head === null)
          throw missing("No tree head is signed yet; that takes a minute after the first entry.");
        return { status: 200, body: viewOf(head) };
      },
    }),
    route({
      ...door,
      method: "POST",
      path: "/v1/audit/tree-heads",
      operationId: "signTreeHead",
      summary: "Sign the log as it stands now, without waiting for the next minute.",
      responses: {
        200: { describe: "The head; the newest one when nothing came since.", schema: TreeHeadView },
      },
      handle: async () => {
        const head = await evidence.signHead();
        if (head === null) throw missing("The log has no numbered entry yet.");
        return { status: 200, body: viewOf(head) };
      },
    }),
    route({
      ...door,
      method: "GET",
      path: "/v1/audit/tree-heads",
      operationId: "listTreeHeads",
      summary: "All signed tree heads, smallest first.",
      query: TreeHeadQuery,
      responses: { 200: { describe: "A page of heads.", schema: TreeHeadPage } },
      handle: async ({ query }) => {
        const limit = query.limit ?? 100;
        const found = await evidence.heads(query.cursor === undefined ? 0 : Number(query.cursor) + 1, limit);
        const last = found.at(-1);
        const next = found.length < limit || last === undefined ? null : String(last.size);
        return { status: 200, body: { items: found.map(viewOf), next } };
      },
    }),
    route({
      ...door,
      method: "GET",
      path: "/v1/audit/entries/:id/proof",
      operationId: "proveAuditEntry",
      summary: "Prove that an entry is in the signed log (RFC 6962 §2.1.1).",
      params: ProofParams,
      query: ProofQuery,
      responses: {
        200: { describe: "The proof; `candor verify` takes it as a file.", schema: EntryProofView },
      },
      handle: async ({ params, query }) => {
        const proof = await evidence.inclusionProof(params.id, query.size);
        if (proof === null)
          throw missing("There is no such entry under a signed tree head. Heads are signed within a minute.");
        return { status: 200, body: proof };
      },
    }),
    route({
      ...door,
      method: "GET",
      path: "/v1/audit/growth",
      operationId: "proveAuditGrowth",
      summary: "Prove that the log only grew between two signed heads (RFC 6962 §2.1.2).",
      query: GrowthQuery,
      responses: {
        200: { describe: "The proof; `candor verify` takes it as a file.", schema: GrowthProofView },
      },
      handle: async ({ query }) => {
        const proof = await evidence.growthProof(query.from, query.to);
        if (proof === null)
          throw missing("Both sizes must be those of signed tree heads, the smaller one first.");
        return { status: 200, body: proof };
      },
    }),
    route({
      ...door,
      method: "GET",
      path: "/v1/audit/export",
      operationId: "exportAudit",
      summary: "The whole log up to a signed head, for `candor verify`: a JSON value per line.",
      query: ExportQuery,
      responses: { 200: { describe: "The log.", contentType: "application/x-ndjson" } },
      handle: async ({ query }) => {
        const lines = evidence.exportLog(query.size);
        // The first line is read before the answer begins, so that a log without a head is a plain refusal.
        const first = await lines.next();
        const text = async function* () {
          if (first.done !== true) yield `${first.value}\n`;
          for await (const line of lines) yield `${line}\n`;
        };
        return {
          status: 200,
          headers: { "content-type": "application/x-ndjson" },
          stream: Readable.from(text()),
        };
      },
    }),
  ];
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Segmented from "antd/es/segmented";
import Tag from "antd/es/tag";
import { Link } from "react-router";
import type { Static } from "typebox";
import type { Approval as ApprovalSchema } from "../../../../src/staff/staff.schema.ts";
import { post } from "../../api.ts";
import { ACTS } from "../../codes/acts.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { ServerList, useView } from "../../parts/list.tsx";
import { PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { PEOPLE } from "./words.ts";

type Approval = Static<typeof ApprovalSchema>;

/** Where what an act is about can be looked at before it is decided; null when no page shows it. */
function pageOf(target: string): string | null {
  const request = /^\/v1\/dsr\/([0-9a-f-]{36})\//.exec(target)?.[1];
  if (request !== undefined) return `/console/requests/${request}`;
  if (target === "/v1/purposes") return "/console/purposes";
  if (target.startsWith("/v1/notices")) return "/console/notices";
  return target.startsWith("/v1/loyalty/") ? "/console/loyalty?tab=rules" : null;
}

/** Acts that wait for a second person. */
export function ApprovalsPage() {
  const t = useWords(PEOPLE);
  const actOf = useCodes(ACTS);
  const { time } = useFormats();
  const client = useQueryClient();
  const [read, write] = useView();
  const shown = read("waiting") === "true" ? "true" : "all";
  const decide = useMutation({
    mutationFn: (given: { id: string; decision: "approved" | "refused" }) =>
      post(`/v1/approvals/${given.id}`, { decision: given.decision }),
    onSettled: () => client.invalidateQueries({ queryKey: ["list", "/v1/approvals"] }),
  });
  const state = (row: Approval) => {
    if (row.usedAt !== null) return <Tag color="green">{t.used}</Tag>;
    if (row.decision === "approved") return <Tag color="blue">{t.approved}</Tag>;
    if (row.decision === "refused") return <Tag color="red">{t.refused}</Tag>;
    return <Tag color="gold">{t.waiting}</Tag>;
  };
  return (
    <PageBody title={t.approvals} lead={t.approvalsLead}>
      <ProblemNote error={decide.error} />
      <ServerList<Approval>
        label={t.approvals}
        path="/v1/approvals"
        query={{ waiting: shown === "true" ? true : undefined }}
        filters={
          <Segmented
            aria-label={t.state}
            value={shown}
            onChange={(value) => write("waiting", value === "true" ? "true" : undefined)}
            options={[
              { value: "all", label: t.everyAct },
              { value: "true", label: t.waiting },
            ]}
          />
        }
        rowKey={(row) => row.id}
        csv="approvals"
        empty={t.noApprovals}
        columns={[
          { title: t.operation, dataIndex: "operation", render: actOf },
          {
            title: t.target,
            dataIndex: "target",
            render: (v: string) => {
              const page = pageOf(v);
              return page === null ? (
                <span className="mono">{v}</span>
              ) : (
                <Link className="mono" to={page}>
                  {v}
                </Link>
              );
            },
          },
          { title: t.askedBy, dataIndex: "askedBy" },
          { title: t.askedAt, dataIndex: "askedAt", render: time },
          { title: t.until, dataIndex: "expiresAt", render: time },
          { title: t.state, key: "state", render: (_, row) => state(row), csv: (row) => row.decision },
          {
            title: "",
            key: "act",
            render: (_, row) => {
              if (row.decision !== null) return row.decidedBy;
              if (row.mine) return <span className="quiet">{t.yours}</span>;
              return (
                <span className="row">
                  <Button
                    size="small"
                    type="primary"
                    onClick={() => decide.mutate({ id: row.id, decision: "approved" })}
                  >
                    {t.approve}
                  </Button>
                  <Button size="small" onClick={() => decide.mutate({ id: row.id, decision: "refused" })}>
                    {t.refuse}
                  </Button>
                </span>
              );
            },
          },
        ]}
      />
    </PageBody>
  );
}

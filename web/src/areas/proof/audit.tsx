import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Alert from "antd/es/alert";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Drawer from "antd/es/drawer";
import Select from "antd/es/select";
import Tag from "antd/es/tag";
import { useState } from "react";
import type { Static } from "typebox";
import type { AuditItem } from "../../../../src/audit/audit.schema.ts";
import type { AuditEntry } from "../../../../src/audit/entry.ts";
import type { EntryProofView, TreeHeadView } from "../../../../src/audit/proof.schema.ts";
import { get, Problem, post } from "../../api.ts";
import { ACTS } from "../../codes/acts.ts";
import { AUDITED, TARGETS } from "../../codes/audited.ts";
import { ACTORS, ROLE_WORDS } from "../../codes/kinds.ts";
import { STATES } from "../../codes/states.ts";
import { useAudited } from "../../codes/use-audited.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { ServerList, useView } from "../../parts/list.tsx";
import { PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { usePurposeName } from "../../parts/purpose.tsx";
import { payloadOf, rootFrom } from "./merkle.ts";
import { PROOF } from "./words.ts";

type Row = Static<typeof AuditItem>;

/** What the log can be narrowed to: every action, and every act on a request. */
const FILTERS = [...Object.keys(AUDITED), ...Object.keys(ACTS).map((act) => `request.${act}`)];

/** The kinds that an entry is about, each once: a statement may be about a dozen records of one person. */
function counted(targets: readonly { readonly kind: string }[], wordOf: (kind: string) => string): string {
  const kinds = new Map<string, number>();
  for (const { kind } of targets) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return [...kinds].map(([kind, n]) => (n === 1 ? wordOf(kind) : `${wordOf(kind)} × ${n}`)).join(", ");
}

const read = (row: Row) => JSON.parse(row.entry) as AuditEntry;

/** The log, newest first, with a proof for every entry that the browser itself recomputes. */
export function AuditPage() {
  const t = useWords(PROOF);
  const stateOf = useCodes(STATES);
  const auditedOf = useAudited();
  const roleOf = useCodes(ROLE_WORDS);
  const actorOf = useCodes(ACTORS);
  const targetOf = useCodes(TARGETS);
  const purposeOf = usePurposeName();
  const { time, number } = useFormats();
  const client = useQueryClient();
  const [view, setView] = useView();
  const [open, setOpen] = useState<Row | null>(null);
  const head = useQuery({
    queryKey: ["tree-head"],
    queryFn: () =>
      get<TreeHeadView>("/v1/audit/tree-head").catch((error: unknown) => {
        if (error instanceof Problem && error.code === "not-found") return null;
        throw error;
      }),
  });
  const sign = useMutation({
    mutationFn: () => post("/v1/audit/tree-heads"),
    onSuccess: () => client.invalidateQueries({ queryKey: ["tree-head"] }),
  });
  const action = view("action");
  return (
    <PageBody
      title={t.audit}
      lead={t.auditLead}
      actions={
        <>
          <Button onClick={() => sign.mutate()} loading={sign.isPending}>
            {t.sign}
          </Button>
          <Button href="/v1/audit/export" download="candor-audit.ndjson">
            {t.export}
          </Button>
        </>
      }
    >
      <div className="stack">
        <ProblemNote error={sign.error} />
        <span className="quiet">
          {head.data == null
            ? t.noHead
            : say(t.head, { size: number(head.data.size), at: time(head.data.signedAt) })}{" "}
          {head.data != null && <span className="mono">{head.data.root.slice(0, 16)}…</span>}
        </span>
        <ServerList<Row>
          label={t.audit}
          path="/v1/audit"
          query={{ action }}
          rowKey={(row) => String(row.seq)}
          empty={t.empty}
          csv="audit"
          onOpen={setOpen}
          filters={
            <Select
              allowClear
              showSearch={{ optionFilterProp: "label" }}
              value={action ?? null}
              placeholder={t.filter}
              aria-label={t.filter}
              onChange={(value) => setView("action", value ?? undefined)}
              style={{ width: 320 }}
              options={FILTERS.map((value) => ({ value, label: auditedOf(value) }))}
            />
          }
          columns={[
            { title: t.number, dataIndex: "seq", sort: "seq", align: "right" },
            { title: t.at, key: "at", render: (_, row) => time(read(row).at), csv: (row) => read(row).at },
            {
              title: t.action,
              key: "action",
              render: (_, row) => auditedOf(read(row).action),
              csv: (row) => read(row).action,
            },
            {
              title: t.who,
              key: "who",
              render: (_, row) => {
                const { actor } = read(row);
                return (
                  <>
                    {actor.role === undefined ? actorOf(actor.kind) : roleOf(actor.role)}{" "}
                    <span className="mono quiet">{actor.id.slice(-8)}</span>
                  </>
                );
              },
              csv: (row) => `${read(row).actor.kind} ${read(row).actor.id}`,
            },
            {
              title: t.purpose,
              key: "purpose",
              render: (_, row) => {
                const { purpose } = read(row);
                return purpose === undefined ? null : purposeOf(purpose);
              },
              csv: (row) => read(row).purpose,
            },
            {
              title: t.about,
              key: "about",
              render: (_, row) => counted(read(row).targets ?? [], targetOf),
            },
            {
              title: t.outcome,
              key: "outcome",
              render: (_, row) => {
                const outcome = read(row).outcome ?? "done";
                return outcome === "done" ? null : <Tag color="red">{stateOf(outcome)}</Tag>;
              },
              csv: (row) => read(row).outcome ?? "done",
            },
          ]}
        />
      </div>
      {open !== null && <Proof key={open.seq} row={open} onClose={() => setOpen(null)} />}
    </PageBody>
  );
}

function Proof({ row, onClose }: { readonly row: Row; readonly onClose: () => void }) {
  const t = useWords(PROOF);
  const auditedOf = useAudited();
  const entry = read(row);
  const check = useMutation({
    mutationFn: async () => {
      const proof = await get<Static<typeof EntryProofView>>(`/v1/audit/entries/${entry.id}/proof`);
      const stated = payloadOf(proof.treeHead);
      const root = await rootFrom(row.entry, proof.seq, proof.size, proof.path);
      return { holds: root !== null && root === stated.root && stated.size === proof.size, ...proof };
    },
  });
  const notYet = check.error instanceof Problem && ["not-found", "conflict"].includes(check.error.code);
  return (
    <Drawer open onClose={onClose} size="large" title={`${auditedOf(entry.action)} · ${row.seq}`}>
      <div className="stack">
        <Button
          type="primary"
          onClick={() => check.mutate()}
          loading={check.isPending}
          style={{ alignSelf: "flex-start" }}
        >
          {t.check}
        </Button>
        {notYet ? <Alert type="info" showIcon title={t.pending} /> : <ProblemNote error={check.error} />}
        {check.data !== undefined && (
          <Alert
            type={check.data.holds ? "success" : "error"}
            showIcon
            role="status"
            title={check.data.holds ? say(t.holds, { seq: check.data.seq, size: check.data.size }) : t.fails}
          />
        )}
        <Card size="small">
          <pre className="mono" style={{ whiteSpace: "pre-wrap", margin: 0 }}>
            {JSON.stringify(entry, null, 2)}
          </pre>
        </Card>
        <div className="mono quiet">{row.leafHash}</div>
      </div>
    </Drawer>
  );
}

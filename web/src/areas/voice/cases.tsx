import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Drawer from "antd/es/drawer";
import Input from "antd/es/input";
import Segmented from "antd/es/segmented";
import Select from "antd/es/select";
import Tag from "antd/es/tag";
import { useState } from "react";
import { get, patch } from "../../api.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { ServerList, useView } from "../../parts/list.tsx";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useSession } from "../../session.ts";
import { VOICE } from "./words.ts";
import { ASKING, inWords } from "./words-asking.ts";

interface Case {
  readonly id: string;
  readonly surveyId: string;
  readonly reasons: readonly string[];
  readonly store: string | null;
  readonly owner: string | null;
  readonly state: "open" | "contacted" | "closed";
  readonly outcome: string | null;
  readonly openedAt: string;
  readonly dueAt: string;
  readonly late: boolean;
}

interface CaseDetail extends Case {
  readonly answers: unknown;
  readonly contact: unknown;
  readonly order: {
    readonly orderedAt: string;
    readonly store: string | null;
    readonly currency: string;
    readonly netMinor: number;
    readonly categories: readonly string[];
  } | null;
  readonly notes: readonly { readonly at?: string; readonly text?: string; readonly note?: string }[];
}

const OUTCOMES = [
  "resolved",
  "apologised",
  "refunded",
  "replaced",
  "escalated",
  "not-reachable",
  "no-contact-wanted",
  "no-action",
] as const;
const COLOURS = { open: "red", contacted: "blue", closed: "default" } as const;

/** The board of cases, the late ones marked. */
export function CasesPage() {
  const t = useWords(VOICE);
  const asking = useWords(ASKING);
  const { time } = useFormats();
  const [read, write] = useView();
  const [open, setOpen] = useState<string | null>(null);
  const state = read("state") ?? "open";
  return (
    <PageBody title={t.cases} lead={t.casesLead}>
      <ServerList<Case>
        label={t.cases}
        path="/v1/survey-cases"
        query={{ state: state === "all" ? undefined : state }}
        rowKey={(row) => row.id}
        empty={t.noCases}
        csv="cases"
        onOpen={(row) => setOpen(row.id)}
        filters={
          <Segmented
            value={state}
            onChange={(value) => write("state", value)}
            options={(["open", "contacted", "closed", "all"] as const).map((value) => ({
              value,
              label: t[value],
            }))}
          />
        }
        columns={[
          {
            title: t.due,
            key: "due",
            render: (_, row) => (
              <>
                {time(row.dueAt)} {row.late && <Tag color="red">{t.late}</Tag>}
              </>
            ),
            csv: (row) => row.dueAt,
          },
          {
            title: t.why,
            key: "why",
            render: (_, row) => row.reasons.map((r) => inWords(asking, r)).join(", "),
            csv: (r) => r.reasons.join(" "),
          },
          { title: t.store, dataIndex: "store" },
          { title: t.owner, dataIndex: "owner" },
          {
            title: t.state,
            dataIndex: "state",
            render: (v: Case["state"], row) => (
              <>
                <Tag color={COLOURS[v]}>{t[v]}</Tag> {inWords(asking, row.outcome)}
              </>
            ),
          },
          { title: t.surveys, dataIndex: "surveyId" },
          { title: t.opened, dataIndex: "openedAt", render: time },
        ]}
      />
      {open !== null && <CaseDrawer id={open} onClose={() => setOpen(null)} />}
    </PageBody>
  );
}

function CaseDrawer({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const t = useWords(VOICE);
  const asking = useWords(ASKING);
  const { time, money } = useFormats();
  const { account } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [note, setNote] = useState("");
  const [outcome, setOutcome] = useState<string>("resolved");
  const found = useQuery({
    queryKey: ["case", id],
    queryFn: () => get<CaseDetail>(`/v1/survey-cases/${id}`),
  });
  const change = useMutation({
    mutationFn: (body: object) => patch(`/v1/survey-cases/${id}`, body),
    onSuccess: () => {
      setNote("");
      void message.success(t.noted);
      void client.invalidateQueries();
    },
  });
  return (
    <Drawer open onClose={onClose} size="large" title={t.cases}>
      <Loaded query={found}>
        {(c) => (
          <div className="stack">
            <ProblemNote error={change.error} />
            <div className="row">
              <Tag color={COLOURS[c.state]}>{t[c.state]}</Tag>
              {c.late && <Tag color="red">{t.late}</Tag>}
              <span className="quiet">
                {t.due} {time(c.dueAt)}
              </span>
            </div>
            <Card size="small" title={t.answer}>
              <Pairs value={c.answers} />
            </Card>
            <Card size="small" title={t.contact}>
              {c.contact === null || c.contact === undefined ? (
                <span className="quiet">{t.noContact}</span>
              ) : (
                <Pairs value={c.contact} />
              )}
            </Card>
            {c.order !== null && (
              <Card size="small" title={t.purchase}>
                {time(c.order.orderedAt)} · {c.order.store} · {money(c.order.netMinor, c.order.currency)} ·{" "}
                {c.order.categories.join(", ")}
              </Card>
            )}
            <Card size="small" title={t.notes}>
              {c.notes.map((n) => (
                <p key={`${n.at} ${n.text ?? n.note}`}>
                  <span className="quiet">{time(n.at)}</span> {n.text ?? n.note}
                </p>
              ))}
              <Input.TextArea
                aria-label={t.addNote}
                placeholder={t.addNote}
                value={note}
                onChange={(event) => setNote(event.target.value)}
                rows={2}
              />
              <Button
                style={{ marginTop: 8 }}
                disabled={note.trim() === ""}
                loading={change.isPending}
                onClick={() => change.mutate({ note })}
              >
                {t.addNote}
              </Button>
            </Card>
            <div className="row">
              {c.owner === null && c.state !== "closed" && (
                <Button onClick={() => change.mutate({ owner: account.name })}>{t.take}</Button>
              )}
              {c.state === "open" && (
                <Button type="primary" onClick={() => change.mutate({ move: "contact" })}>
                  {t.called}
                </Button>
              )}
              {c.state !== "closed" ? (
                <>
                  <Select
                    aria-label={t.outcome}
                    value={outcome}
                    onChange={setOutcome}
                    style={{ minWidth: 170 }}
                    options={OUTCOMES.map((value) => ({ value, label: inWords(asking, value) }))}
                  />
                  <Button onClick={() => change.mutate({ move: "close", outcome })}>{t.close}</Button>
                </>
              ) : (
                <Button onClick={() => change.mutate({ move: "reopen" })}>{t.reopen}</Button>
              )}
            </div>
          </div>
        )}
      </Loaded>
    </Drawer>
  );
}

/** Answers as pairs of question and answer. */
function Pairs({ value }: { readonly value: unknown }) {
  if (value === null || typeof value !== "object") return <>{String(value ?? "–")}</>;
  return (
    <dl className="kv">
      {Object.entries(value).map(([name, inner]) => (
        <Pair
          key={name}
          name={name}
          value={typeof inner === "object" ? JSON.stringify(inner) : String(inner)}
        />
      ))}
    </dl>
  );
}

function Pair({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd style={{ whiteSpace: "pre-wrap" }}>{value}</dd>
    </>
  );
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Form from "antd/es/form";
import Input from "antd/es/input";
import Modal from "antd/es/modal";
import Popconfirm from "antd/es/popconfirm";
import Radio from "antd/es/radio";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { useState } from "react";
import { useParams } from "react-router";
import { get, patch, post } from "../../api.ts";
import { DATA_KINDS } from "../../codes/kinds.ts";
import { useRegimes } from "../../codes/regimes.ts";
import { STATES } from "../../codes/states.ts";
import { useAudited } from "../../codes/use-audited.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useLocale, useWords } from "../../i18n.ts";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useSession } from "../../session.ts";
import { type Incident, RISK_WORDS } from "./breaches.tsx";
import { BREACH } from "./words-breach.ts";

interface Notice {
  readonly regime: string;
  readonly audience: "authority" | "persons";
  readonly dueAt: string | null;
  readonly words: Readonly<Record<"en" | "zh-CN" | "zh-TW", string>>;
  readonly state: "due" | "sent" | "not-needed";
  readonly isLate: boolean;
  readonly decidedAt: string | null;
  readonly note: string | null;
}

interface Detail extends Incident {
  readonly affected: readonly {
    readonly regime: string | null;
    readonly members: number;
    readonly categories: readonly string[];
  }[];
  readonly notices: readonly Notice[];
  readonly reads: readonly { readonly actorId: string; readonly action: string; readonly count: number }[];
}

/** One incident: whom it concerns, whom to tell by when, with the drafts. */
export function BreachPage() {
  const t = useWords(BREACH);
  const categoryOf = useCodes(DATA_KINDS);
  const stateOf = useCodes(STATES);
  const { nameOf: regimeOf } = useRegimes();
  const locale = useLocale();
  const auditedOf = useAudited();
  const { time, number } = useFormats();
  const { account } = useSession();
  const { id = "" } = useParams();
  const client = useQueryClient();
  const [settling, setSettling] = useState<Notice | null>(null);
  const breach = useQuery({ queryKey: ["breach", id], queryFn: () => get<Detail>(`/v1/breaches/${id}`) });
  const take = (changed: Detail) => {
    client.setQueryData(["breach", id], changed);
    void client.invalidateQueries({ queryKey: ["list", "/v1/breaches"] });
  };
  const change = useMutation({
    mutationFn: (body: object) => patch<Detail>(`/v1/breaches/${id}`, body),
    onSuccess: take,
  });
  const recount = useMutation({
    mutationFn: () => post<Detail>(`/v1/breaches/${id}/recount`),
    onSuccess: take,
  });
  const mayAct = account.role !== "auditor" && breach.data?.state === "open";
  return (
    <PageBody
      title={breach.data?.title ?? t.breaches}
      lead={<span className="mono">{id}</span>}
      actions={
        mayAct && (
          <Popconfirm
            title={t.close}
            description={t.closeText}
            onConfirm={() => change.mutate({ close: true })}
          >
            <Button>{t.close}</Button>
          </Popconfirm>
        )
      }
    >
      <ProblemNote error={change.error ?? recount.error} />
      <Loaded query={breach}>
        {(b) => (
          <div className="stack">
            <Card>
              <dl className="kv">
                <dt>{t.state}</dt>
                <dd>
                  <Tag color={b.state === "open" ? "blue" : "default"}>{t[b.state]}</Tag>
                </dd>
                <dt>{t.discovered}</dt>
                <dd>{time(b.discoveredAt)}</dd>
                <dt>{t.happened}</dt>
                <dd>
                  {time(b.from)} – {time(b.to)}
                </dd>
                <dt>{t.aspects}</dt>
                <dd>{b.aspects.map((a) => t[a]).join(", ")}</dd>
                <dt>{t.description}</dt>
                <dd style={{ whiteSpace: "pre-wrap" }}>{b.description}</dd>
                <dt>{t.risk}</dt>
                <dd>
                  {mayAct ? (
                    <Radio.Group
                      aria-label={t.assess}
                      value={b.risk}
                      onChange={(event) => change.mutate({ risk: event.target.value as string })}
                      options={(["unlikely", "risk", "high"] as const).map((value) => ({
                        value,
                        label: t[RISK_WORDS[value]],
                      }))}
                    />
                  ) : b.risk === null ? (
                    t.notAssessed
                  ) : (
                    t[RISK_WORDS[b.risk]]
                  )}
                </dd>
              </dl>
            </Card>
            <Words
              breach={b}
              mayAct={mayAct}
              onSave={(words) => change.mutate(words)}
              busy={change.isPending}
            />
            <Card title={t.notices} styles={{ body: { padding: 16 } }}>
              <Table<Notice>
                aria-label={t.notices}
                rowKey={(row) => `${row.regime} ${row.audience}`}
                size="small"
                pagination={false}
                scroll={{ x: "max-content" }}
                dataSource={b.notices}
                locale={{ emptyText: t.nobody }}
                columns={[
                  {
                    title: t.law,
                    key: "law",
                    render: (_, row) => `${regimeOf(row.regime)} · ${t[row.audience]}`,
                  },
                  {
                    title: t.due,
                    key: "due",
                    render: (_, row) => (
                      <>
                        {time(row.dueAt)} {row.isLate && <Tag color="red">{t.late}</Tag>}
                      </>
                    ),
                  },
                  { title: t.state, dataIndex: "state", render: stateOf },
                  {
                    title: "",
                    key: "act",
                    render: (_, row) => (
                      <span className="row">
                        <Button
                          size="small"
                          href={`/v1/breaches/${id}/notices/${row.regime}/${row.audience}?lang=${locale}`}
                          target="_blank"
                        >
                          {t.draft}
                        </Button>
                        {mayAct && (
                          <Button size="small" onClick={() => setSettling(row)}>
                            {t.settle}
                          </Button>
                        )}
                      </span>
                    ),
                  },
                  {
                    title: t.how,
                    dataIndex: "note",
                    render: (note: string | null) => <div className="words">{note}</div>,
                  },
                ]}
              />
            </Card>
            <div className="two">
              <Card
                title={t.affected}
                styles={{ body: { padding: 16 } }}
                extra={
                  mayAct && (
                    <Button size="small" onClick={() => recount.mutate()} loading={recount.isPending}>
                      {t.recount}
                    </Button>
                  )
                }
              >
                <Table
                  aria-label={t.affected}
                  rowKey={(row) => row.regime ?? ""}
                  size="small"
                  pagination={false}
                  dataSource={b.affected}
                  locale={{ emptyText: t.nobody }}
                  columns={[
                    { title: t.law, dataIndex: "regime", render: (v: string | null) => regimeOf(v) || "–" },
                    {
                      title: t.members,
                      dataIndex: "members",
                      align: "right",
                      render: (n: number) => number(n),
                    },
                    {
                      title: t.categories,
                      key: "c",
                      render: (_, row) => row.categories.map(categoryOf).join(", "),
                    },
                  ]}
                />
              </Card>
              {b.reads.length > 0 && (
                <Card title={t.reads} styles={{ body: { padding: 16 } }}>
                  <Table
                    aria-label={t.reads}
                    rowKey={(row) => `${row.actorId} ${row.action}`}
                    size="small"
                    pagination={false}
                    scroll={{ x: "max-content" }}
                    dataSource={b.reads}
                    columns={[
                      {
                        title: t.who,
                        dataIndex: "actorId",
                        render: (v: string) => <span className="mono">{v}</span>,
                      },
                      {
                        title: t.what,
                        dataIndex: "action",
                        render: auditedOf,
                      },
                      {
                        title: t.count,
                        dataIndex: "count",
                        align: "right",
                        render: (n: number) => number(n),
                      },
                    ]}
                  />
                </Card>
              )}
            </div>
          </div>
        )}
      </Loaded>
      {settling !== null && (
        <Settle id={id} notice={settling} onClose={() => setSettling(null)} onSettled={take} />
      )}
    </PageBody>
  );
}

interface Told {
  readonly consequences?: string;
  readonly measures?: string;
}

/** What a notice has to say beside what happened; whoever knows it fills it in as it becomes known. */
function Words(props: {
  readonly breach: Detail;
  readonly mayAct: boolean;
  readonly busy: boolean;
  readonly onSave: (words: Told) => void;
}) {
  const t = useWords(BREACH);
  const { breach } = props;
  if (!props.mayAct)
    return (
      <Card>
        <dl className="kv">
          <dt>{t.consequences}</dt>
          <dd style={{ whiteSpace: "pre-wrap" }}>{breach.consequences ?? "–"}</dd>
          <dt>{t.measures}</dt>
          <dd style={{ whiteSpace: "pre-wrap" }}>{breach.measures ?? "–"}</dd>
        </dl>
      </Card>
    );
  return (
    <Card>
      <Form<Told>
        layout="vertical"
        initialValues={{ consequences: breach.consequences ?? "", measures: breach.measures ?? "" }}
        onFinish={(given) =>
          props.onSave({
            ...(given.consequences ? { consequences: given.consequences } : {}),
            ...(given.measures ? { measures: given.measures } : {}),
          })
        }
      >
        <Form.Item name="consequences" label={t.consequences}>
          <Input.TextArea rows={2} maxLength={10_000} />
        </Form.Item>
        <Form.Item name="measures" label={t.measures}>
          <Input.TextArea rows={2} maxLength={10_000} />
        </Form.Item>
        <Button htmlType="submit" loading={props.busy}>
          {t.save}
        </Button>
      </Form>
    </Card>
  );
}

function Settle(props: {
  readonly id: string;
  readonly notice: Notice;
  readonly onClose: () => void;
  readonly onSettled: (changed: Detail) => void;
}) {
  const t = useWords(BREACH);
  const locale = useLocale();
  const { notice } = props;
  const [form] = Form.useForm<{ state: "sent" | "not-needed"; note: string }>();
  const settle = useMutation({
    mutationFn: (given: { state: string; note: string }) =>
      post<Detail>(`/v1/breaches/${props.id}/notices/${notice.regime}/${notice.audience}`, given),
    onSuccess: (changed) => {
      props.onSettled(changed);
      props.onClose();
    },
  });
  return (
    <Modal
      open
      title={t.settle}
      okText={t.save}
      onCancel={props.onClose}
      onOk={() => form.submit()}
      okButtonProps={{ loading: settle.isPending }}
    >
      <p>{notice.words[locale]}</p>
      <ProblemNote error={settle.error} />
      <Form
        form={form}
        layout="vertical"
        initialValues={{ state: "sent" }}
        onFinish={(g) => settle.mutate(g)}
      >
        <Form.Item name="state" label={t.state}>
          <Radio.Group
            options={(["sent", "not-needed"] as const).map((value) => ({ value, label: t[value] }))}
          />
        </Form.Item>
        <Form.Item name="note" label={t.how} rules={[{ required: true }]}>
          <Input.TextArea rows={3} maxLength={4_000} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Popconfirm from "antd/es/popconfirm";
import Select from "antd/es/select";
import Tabs from "antd/es/tabs";
import Tag from "antd/es/tag";
import { useParams } from "react-router";
import type { Static } from "typebox";
import type { DeliveriesPage, NoticesPage } from "../../../../src/recipients/answers.schema.ts";
import type { CreatedRecipientKey } from "../../../../src/recipients/recipient.schema.ts";
import { get, patch, post } from "../../api.ts";
import { DATA_KINDS } from "../../codes/kinds.ts";
import { FAILURES, NOTICE_REASONS } from "../../codes/reasons.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { ServerList, useView } from "../../parts/list.tsx";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { usePurposeName } from "../../parts/purpose.tsx";
import { ShownOnce } from "../../parts/secret.tsx";
import { useSession } from "../../session.ts";
import type { Recipient } from "./recipients.tsx";
import { CONSENT } from "./words.ts";

type Drop = Static<typeof NoticesPage>["items"][number];

type Delivery = Static<typeof DeliveriesPage>["items"][number];

const DELIVERY_STATES: readonly Delivery["state"][] = ["waiting", "sent", "nothing", "dead"];

/** One downstream system: what it may hold, what it was told to drop, its messages and keys. */
export function RecipientPage() {
  const t = useWords(CONSENT);
  const purposeOf = usePurposeName();
  const categoryOf = useCodes(DATA_KINDS);
  const stateOf = useCodes(STATES);
  const failureOf = useCodes(FAILURES);
  const whyOf = useCodes(NOTICE_REASONS);
  const { time } = useFormats();
  const { account } = useSession();
  const { id = "" } = useParams();
  const [read, write] = useView();
  const client = useQueryClient();
  const recipient = useQuery({
    queryKey: ["recipient", id],
    queryFn: () => get<Recipient>(`/v1/recipients/${id}`),
  });
  const reload = () => void client.invalidateQueries();
  const key = useMutation({
    mutationFn: () =>
      post<Static<typeof CreatedRecipientKey>>(`/v1/recipients/${id}/keys`, { name: `${id} key` }),
  });
  const replay = useMutation({
    mutationFn: () => post(`/v1/recipients/${id}/deliveries/replay`, {}),
    onSuccess: reload,
  });
  const resync = useMutation({ mutationFn: () => post(`/v1/recipients/${id}/resync`), onSuccess: reload });
  const end = useMutation({
    mutationFn: () => patch(`/v1/recipients/${id}`, { state: "ended" }),
    onSuccess: reload,
  });
  const mayAct = account.role !== "auditor";
  return (
    <Loaded query={recipient}>
      {(r) => (
        <PageBody
          title={r.name}
          lead={`${t[r.role]} · ${r.id}`}
          actions={
            mayAct &&
            r.state === "active" && (
              <>
                <Button onClick={() => key.mutate()} loading={key.isPending}>
                  {t.newKey}
                </Button>
                <Popconfirm title={t.resync} description={t.resyncText} onConfirm={() => resync.mutate()}>
                  <Button>{t.resync}</Button>
                </Popconfirm>
                <Popconfirm title={t.end} description={t.endText} onConfirm={() => end.mutate()}>
                  <Button danger>{t.end}</Button>
                </Popconfirm>
              </>
            )
          }
        >
          <div className="stack">
            <ProblemNote error={key.error ?? replay.error ?? resync.error ?? end.error} />
            {key.data !== undefined && <ShownOnce value={key.data.secret} />}
            <Card>
              <dl className="kv">
                <dt>{t.purposes}</dt>
                <dd>{r.purposes.map(purposeOf).join(", ")}</dd>
                <dt>{t.categories}</dt>
                <dd>{r.categories.map(categoryOf).join(", ")}</dd>
                <dt>{t.contact}</dt>
                <dd>{r.contact}</dd>
                <dt>{t.days}</dt>
                <dd>{say(t.hours, { hours: r.ackHours })}</dd>
                <dt>{t.webhook}</dt>
                <dd>{r.webhookUrl ?? "–"}</dd>
              </dl>
            </Card>
            <Tabs
              activeKey={read("tab") ?? "drops"}
              onChange={(tab) => write("tab", tab)}
              destroyOnHidden
              items={[
                {
                  key: "drops",
                  label: t.drops,
                  children: (
                    <ServerList<Drop>
                      label={t.drops}
                      path={`/v1/recipients/${id}/notices`}
                      cursor="before"
                      rowKey={(row) => row.id}
                      empty={t.emptyDrops}
                      csv={`${id}-drops`}
                      sortName="drops"
                      columns={[
                        { title: t.told, dataIndex: "noticedAt", sort: "noticed", render: time },
                        { title: t.why, dataIndex: "reason", render: whyOf },
                        { title: t.purpose, dataIndex: "purpose", render: purposeOf },
                        { title: t.due, dataIndex: "dueAt", sort: "due", render: time },
                        {
                          title: t.state,
                          dataIndex: "state",
                          render: (v: Drop["state"]) => (
                            <Tag color={v === "late" ? "red" : v === "open" ? "blue" : "green"}>{t[v]}</Tag>
                          ),
                        },
                        { title: t.confirmed, dataIndex: "acknowledgedAt", render: time },
                      ]}
                    />
                  ),
                },
                {
                  key: "deliveries",
                  label: t.deliveries,
                  children: (
                    <ServerList<Delivery>
                      label={t.deliveries}
                      path={`/v1/recipients/${id}/deliveries`}
                      cursor="before"
                      rowKey={(row) => row.id}
                      empty={t.emptyDeliveries}
                      csv={`${id}-deliveries`}
                      sortName="deliveries"
                      query={{ state: read("state") }}
                      filters={
                        <>
                          <Select
                            allowClear
                            aria-label={t.state}
                            placeholder={t.state}
                            value={read("state") ?? null}
                            onChange={(value) => write("state", value ?? undefined)}
                            style={{ minWidth: 180 }}
                            options={DELIVERY_STATES.map((value) => ({ value, label: stateOf(value) }))}
                          />
                          {mayAct && (
                            <Button onClick={() => replay.mutate()} loading={replay.isPending}>
                              {t.replay}
                            </Button>
                          )}
                        </>
                      }
                      columns={[
                        { title: t.told, dataIndex: "createdAt", sort: "created", render: time },
                        { title: t.purpose, dataIndex: "purpose", render: purposeOf },
                        {
                          title: t.state,
                          dataIndex: "state",
                          render: (v: string) => <Tag>{stateOf(v)}</Tag>,
                        },
                        { title: t.attempts, dataIndex: "attempts", align: "right" },
                        { title: t.status, dataIndex: "lastStatus", align: "right" },
                        { title: t.why, dataIndex: "lastError", render: failureOf },
                      ]}
                    />
                  ),
                },
              ]}
            />
          </div>
        </PageBody>
      )}
    </Loaded>
  );
}

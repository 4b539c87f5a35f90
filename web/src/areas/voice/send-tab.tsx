import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Form from "antd/es/form";
import Input from "antd/es/input";
import InputNumber from "antd/es/input-number";
import Modal from "antd/es/modal";
import Select from "antd/es/select";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { useState } from "react";
import { get, post } from "../../api.ts";
import { CHANNELS, KINDS } from "../../codes/kinds.ts";
import { ASK_WORDS } from "../../codes/reasons.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { Loaded } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { CampaignMessages } from "./campaign-messages.tsx";
import type { SurveyDetail } from "./survey.tsx";
import { VOICE } from "./words.ts";
import { ASKING } from "./words-asking.ts";

interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly surveyId: string;
  readonly kind: string;
  readonly channel: string;
  readonly state: string;
}

interface Simulation {
  readonly members: number;
  readonly asked: number;
  readonly later: number;
  readonly notAsked: number;
  readonly reasons: readonly {
    readonly decision: string;
    readonly reason: string | null;
    readonly members: number;
  }[];
}

interface Given {
  readonly name: string;
  readonly channel: string;
  readonly audience: string;
  readonly segmentId?: string;
  readonly afterHours?: number | null;
  /** Per cent of the audience. */
  readonly sample?: number | null;
}

/** Asking: links and QR codes, and campaigns whose effect is seen before they start. */
export function SendTab({ survey }: { readonly survey: SurveyDetail }) {
  const t = useWords(VOICE);
  const stateOf = useCodes(STATES);
  const kindOf = useCodes(KINDS);
  const channelOf = useCodes(CHANNELS);
  const askOf = useCodes(ASK_WORDS);
  const { number } = useFormats();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [looked, setLooked] = useState<Campaign | null>(null);
  const campaigns = useQuery({
    queryKey: ["campaigns"],
    queryFn: () => get<{ items: Campaign[] }>("/v1/survey-campaigns", { limit: 500 }),
  });
  const qr = useMutation({
    mutationFn: () =>
      post<{ url: string; svg: string }>(`/v1/surveys/${survey.id}/qr-codes`, { channel: "qr" }),
  });
  const link = useMutation({
    mutationFn: () => post<{ path: string }>(`/v1/surveys/${survey.id}/links`, { channel: "link" }),
  });
  const simulate = useMutation({
    mutationFn: (campaign: Campaign) => post<Simulation>(`/v1/survey-campaigns/${campaign.id}/simulate`),
  });
  const move = useMutation({
    mutationFn: (given: { id: string; door: "start" | "pause" }) =>
      post(`/v1/survey-campaigns/${given.id}/${given.door}`),
    onSuccess: () => {
      void message.success(t.started);
      setLooked(null);
      void client.invalidateQueries({ queryKey: ["campaigns"] });
    },
  });
  return (
    <div className="stack">
      <Card>
        <ProblemNote error={qr.error ?? link.error} />
        <div className="row">
          <Button onClick={() => link.mutate()} loading={link.isPending}>
            {t.link}
          </Button>
          <Button onClick={() => qr.mutate()} loading={qr.isPending}>
            {t.qr}
          </Button>
          {link.data !== undefined && (
            <a className="mono" href={link.data.path} target="_blank" rel="noreferrer">
              {location.origin}
              {link.data.path}
            </a>
          )}
        </div>
        {qr.data !== undefined && (
          <img
            alt={t.qr}
            width={200}
            height={200}
            src={`data:image/svg+xml;utf8,${encodeURIComponent(qr.data.svg)}`}
          />
        )}
      </Card>
      <Card
        title={t.campaigns}
        extra={
          <Button type="primary" onClick={() => setAdding(true)}>
            {t.newCampaign}
          </Button>
        }
        styles={{ body: { padding: 16 } }}
      >
        <ProblemNote error={simulate.error ?? move.error} />
        <Loaded query={campaigns}>
          {({ items }) => (
            <Table<Campaign>
              rowKey="id"
              size="small"
              pagination={false}
              scroll={{ x: "max-content" }}
              dataSource={items.filter((c) => c.surveyId === survey.id)}
              locale={{ emptyText: <Empty description={t.noCampaigns} /> }}
              expandable={{ expandedRowRender: (row) => <Became campaign={row} /> }}
              columns={[
                { title: t.name, dataIndex: "name" },
                { title: t.kind, dataIndex: "kind", render: kindOf },
                { title: t.channelOf, dataIndex: "channel", render: channelOf },
                { title: t.state, dataIndex: "state", render: (v: string) => <Tag>{stateOf(v)}</Tag> },
                {
                  title: "",
                  key: "act",
                  render: (_, row) => (
                    <span className="row">
                      <Button
                        size="small"
                        loading={simulate.isPending && simulate.variables?.id === row.id}
                        onClick={() => {
                          setLooked(row);
                          simulate.mutate(row);
                        }}
                      >
                        {t.simulate}
                      </Button>
                      <CampaignMessages id={row.id} name={row.name} />
                      {row.state === "running" && (
                        <Button size="small" onClick={() => move.mutate({ id: row.id, door: "pause" })}>
                          {t.pause}
                        </Button>
                      )}
                    </span>
                  ),
                },
              ]}
            />
          )}
        </Loaded>
      </Card>
      <Modal
        open={looked !== null && simulate.data !== undefined}
        title={looked?.name}
        okText={t.start}
        okButtonProps={{ disabled: looked?.state === "running", loading: move.isPending }}
        onOk={() => looked !== null && move.mutate({ id: looked.id, door: "start" })}
        onCancel={() => setLooked(null)}
      >
        {simulate.data !== undefined && (
          <>
            <p>
              <strong>
                {say(t.simulated, {
                  asked: number(simulate.data.asked),
                  later: number(simulate.data.later),
                  not: number(simulate.data.notAsked),
                })}
              </strong>
            </p>
            <Table
              rowKey={(row) => `${row.decision} ${row.reason}`}
              size="small"
              pagination={false}
              dataSource={simulate.data.reasons}
              columns={[
                { title: t.decision, dataIndex: "decision", render: stateOf },
                { title: t.reason, dataIndex: "reason", render: askOf },
                { title: t.members, dataIndex: "members", align: "right", render: (n: number) => number(n) },
              ]}
            />
          </>
        )}
      </Modal>
      {adding && <NewCampaign survey={survey} onClose={() => setAdding(false)} />}
    </div>
  );
}

interface Figures {
  readonly members: readonly { readonly state: string; readonly reason: string | null; readonly n: number }[];
  readonly messages: readonly { readonly kind: string; readonly state: string; readonly n: number }[];
}

/** What became of a campaign so far: members by state and reason, messages by state. */
function Became({ campaign }: { readonly campaign: Campaign }) {
  const asking = useWords(ASKING);
  const stateOf = useCodes(STATES);
  const kindOf = useCodes(KINDS);
  const askOf = useCodes(ASK_WORDS);
  const { number } = useFormats();
  const figures = useQuery({
    queryKey: ["campaign-figures", campaign.id],
    queryFn: () => get<Figures>(`/v1/survey-campaigns/${campaign.id}`),
    refetchInterval: 5_000,
  });
  return (
    <Loaded query={figures}>
      {({ members, messages }) => (
        <section aria-label={asking.becameOf}>
          {members.length === 0 && <p className="quiet">{asking.nothingYet}</p>}
          {members.map((m) => (
            <p key={`${m.state} ${m.reason}`}>
              {number(m.n)} {stateOf(m.state)}
              {m.reason !== null && ` – ${askOf(m.reason)}`}
            </p>
          ))}
          {messages.map((m) => (
            <p key={`${m.kind} ${m.state}`} className="quiet">
              {number(m.n)} {kindOf(m.kind)}: {stateOf(m.state)}
            </p>
          ))}
        </section>
      )}
    </Loaded>
  );
}

function NewCampaign({ survey, onClose }: { readonly survey: SurveyDetail; readonly onClose: () => void }) {
  const t = useWords(VOICE);
  const asking = useWords(ASKING);
  const channelOf = useCodes(CHANNELS);
  const client = useQueryClient();
  const [form] = Form.useForm<Given>();
  const audience = Form.useWatch("audience", form);
  const segments = useQuery({
    queryKey: ["segments"],
    queryFn: () => get<{ items: { id: string; name: string }[] }>("/v1/segments"),
  });
  const add = useMutation({
    mutationFn: (given: Given) =>
      post("/v1/survey-campaigns", {
        name: given.name,
        surveyId: survey.id,
        kind: given.afterHours == null ? "once" : "event",
        channel: given.channel,
        settings: {
          audience:
            given.audience === "segment"
              ? { kind: "segment", segmentId: given.segmentId }
              : { kind: "everybody" },
          ...(given.sample == null || given.sample >= 100 ? {} : { sample: given.sample / 100 }),
          ...(given.afterHours == null
            ? {}
            : {
                trigger: {
                  event: "order.completed",
                  afterHours: given.afterHours,
                  unlessReturned: true,
                  latestHours: given.afterHours + 168,
                },
              }),
          again: given.afterHours == null ? "never" : "always",
          expiresDays: 30,
          reminders: true,
        },
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["campaigns"] });
      onClose();
    },
  });
  return (
    <Modal
      open
      title={t.newCampaign}
      okText={t.create}
      onCancel={onClose}
      onOk={() => form.submit()}
      okButtonProps={{ loading: add.isPending }}
    >
      <ProblemNote error={add.error} />
      <Form<Given>
        form={form}
        layout="vertical"
        initialValues={{ channel: "email", audience: "everybody" }}
        onFinish={(given) => add.mutate(given)}
      >
        <Form.Item name="name" label={t.name} rules={[{ required: true }]}>
          <Input />
        </Form.Item>
        <Form.Item name="channel" label={t.channelOf}>
          <Select
            options={["email", "sms", "line", "wechat"].map((value) => ({
              value,
              label: channelOf(value),
            }))}
          />
        </Form.Item>
        <Form.Item name="audience" label={t.audience}>
          <Select
            options={[
              { value: "everybody", label: t.everybody },
              { value: "segment", label: t.segment },
            ]}
          />
        </Form.Item>
        {audience === "segment" && (
          <Form.Item name="segmentId" label={t.segment} rules={[{ required: true }]}>
            <Select options={(segments.data?.items ?? []).map((s) => ({ value: s.id, label: s.name }))} />
          </Form.Item>
        )}
        <Form.Item name="sample" label={asking.askSample}>
          <InputNumber min={1} max={100} />
        </Form.Item>
        <Form.Item name="afterHours" label={t.after}>
          <InputNumber min={0} max={2160} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Form from "antd/es/form";
import InputNumber from "antd/es/input-number";
import Popconfirm from "antd/es/popconfirm";
import Table from "antd/es/table";
import { get, post, put } from "../../api.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { usePurposeName, usePurposes } from "../../parts/purpose.tsx";
import { useSession } from "../../session.ts";
import { PRIVACY } from "./words.ts";

const EVENTS = ["online", "social", "survey", "transaction", "identity"] as const;

interface Schedule {
  readonly inactiveMembers: number | null;
  readonly events: Readonly<Partial<Record<(typeof EVENTS)[number], number | null>>>;
  readonly purposes?: Readonly<Record<string, number | null>>;
  readonly requestRecords: number;
}

/** Only what has a limit. */
function limits(
  given: Readonly<Record<string, number | null | undefined>> | undefined,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(given ?? {}).flatMap(([k, months]) => (months == null ? [] : [[k, months]])),
  );
}

interface Lines {
  readonly lines: readonly { readonly what: string; readonly before: string; readonly count: number }[];
  readonly certificateId?: string;
}

/** The retention schedule, what it would delete now, and deleting it. */
export function RetentionPage() {
  const t = useWords(PRIVACY);
  const { date, number } = useFormats();
  const { account } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<Schedule>();
  const retention = useQuery({
    queryKey: ["retention"],
    queryFn: () => get<{ schedule: Schedule; lastRun: unknown }>("/v1/retention"),
  });
  const purposes = usePurposes();
  const nameOf = usePurposeName();
  const asked = (): Schedule => {
    const given = form.getFieldsValue();
    return {
      inactiveMembers: given.inactiveMembers ?? null,
      events: limits(given.events),
      purposes: limits(given.purposes),
      requestRecords: given.requestRecords,
    };
  };
  const preview = useMutation({
    mutationFn: () => post<Lines>("/v1/retention/preview", { schedule: asked() }),
  });
  const save = useMutation({
    mutationFn: () => put("/v1/retention", asked()),
    onSuccess: () => {
      void message.success(t.saved);
      void client.invalidateQueries({ queryKey: ["retention"] });
    },
  });
  const run = useMutation({ mutationFn: () => post<Lines>("/v1/retention/run") });
  const shown = run.data ?? preview.data;
  const mayWrite = account.role !== "auditor";
  return (
    <PageBody title={t.retention} lead={t.retentionLead}>
      <div className="two">
        <Card title={t.schedule}>
          <Loaded query={retention}>
            {({ schedule }) => (
              <Form<Schedule> form={form} layout="vertical" initialValues={schedule} disabled={!mayWrite}>
                <Form.Item name="inactiveMembers" label={t.inactive}>
                  <InputNumber min={1} max={1200} />
                </Form.Item>
                {EVENTS.map((kind) => (
                  <Form.Item key={kind} name={["events", kind]} label={t[kind]}>
                    <InputNumber min={1} max={1200} />
                  </Form.Item>
                ))}
                <h3>{t.byPurpose}</h3>
                <p>{t.byPurposeText}</p>
                {purposes.data?.purposes.map(({ id }) => (
                  <Form.Item key={id} name={["purposes", id]} label={nameOf(id)}>
                    <InputNumber min={1} max={1200} />
                  </Form.Item>
                ))}
                <Form.Item name="requestRecords" label={t.requests} rules={[{ required: true }]}>
                  <InputNumber min={24} max={1200} />
                </Form.Item>
              </Form>
            )}
          </Loaded>
          <ProblemNote error={preview.error ?? save.error ?? run.error} />
          <div className="row">
            <Button type="primary" onClick={() => preview.mutate()} loading={preview.isPending}>
              {t.preview}
            </Button>
            {mayWrite && (
              <>
                <Button onClick={() => save.mutate()} loading={save.isPending}>
                  {t.save}
                </Button>
                <Popconfirm title={t.run} description={t.runText} onConfirm={() => run.mutate()}>
                  <Button danger loading={run.isPending}>
                    {t.run}
                  </Button>
                </Popconfirm>
              </>
            )}
          </div>
        </Card>
        <Card title={t.preview} styles={{ body: { padding: 16 } }}>
          <Table
            rowKey="what"
            size="small"
            pagination={false}
            dataSource={[...(shown?.lines ?? [])]}
            locale={{ emptyText: <Empty description={t.nothing} /> }}
            columns={[
              { title: t.what, dataIndex: "what" },
              { title: t.before, dataIndex: "before", render: date },
              { title: t.count, dataIndex: "count", align: "right", render: (n: number) => number(n) },
            ]}
          />
          {run.data?.certificateId !== undefined && (
            <a href={`/v1/certificates/${run.data.certificateId}/page`} target="_blank" rel="noreferrer">
              {t.certificate}
            </a>
          )}
        </Card>
      </div>
    </PageBody>
  );
}

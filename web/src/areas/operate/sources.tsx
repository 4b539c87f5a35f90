import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Form from "antd/es/form";
import Input from "antd/es/input";
import Modal from "antd/es/modal";
import Select from "antd/es/select";
import Tag from "antd/es/tag";
import { useState } from "react";
import { Link } from "react-router";
import type { Static } from "typebox";
import type {
  CreatedSourceSchema,
  SourceSchema,
  SourcesSchema,
} from "../../../../pipelines/registry/source.schema.ts";
import { get, post } from "../../api.ts";
import { CHANNELS, SOURCE_KINDS } from "../../codes/kinds.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useLocale, useWords } from "../../i18n.ts";
import { PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { usePurposeName, usePurposes } from "../../parts/purpose.tsx";
import { ShownOnce } from "../../parts/secret.tsx";
import { useView } from "../../parts/view.ts";
import { WholeList } from "../../parts/whole-list.tsx";
import { useSession } from "../../session.ts";
import { arrivedOf, healthOf, type SourceHealth } from "./health.ts";
import { OPERATE } from "./words.ts";

export type Source = Static<typeof SourceSchema>;

const KINDS = ["pos", "web", "social", "survey", "members"] as const;

const HEALTH_COLOURS = { never: "default", silent: "gold", refused: "red", well: "green" } as const;
const NOTHING = { source: "", lastDay: "", accepted: 0, duplicate: 0, quarantined: 0, refused: 0 };

/** All registered sources with what arrives from them, and a new one. */
export function SourcesPage() {
  const t = useWords(OPERATE);
  const stateOf = useCodes(STATES);
  const sourceKindOf = useCodes(SOURCE_KINDS);
  const channelOf = useCodes(CHANNELS);
  const { account } = useSession();
  const [read, write] = useView();
  const [adding, setAdding] = useState(false);
  const kind = read("kind");
  const purposeOf = usePurposeName();
  const kindOf = (row: Source) =>
    [sourceKindOf(row.kind), channelOf(row.platform)].filter((word) => word !== "").join(" · ");
  const purposesOf = (row: Source) => row.purposes.map(purposeOf).join(", ");
  const sources = useQuery({
    queryKey: ["sources"],
    queryFn: () => get<Static<typeof SourcesSchema>>("/v1/sources", { limit: 200 }),
    select: ({ sources }) => sources,
  });
  const health = useQuery({
    queryKey: ["source-health"],
    queryFn: () => get<SourceHealth>("/v1/source-health"),
  });
  const { date, number, percent } = useFormats();
  const countsOf = (row: Source) => health.data?.items.find((item) => item.source === row.id);
  const perDay = (row: Source) => {
    const counts = countsOf(row);
    return counts === undefined ? 0 : arrivedOf(counts).all / (health.data?.days ?? 1);
  };
  const share = (row: Source) => {
    const { all, keptOut } = arrivedOf(countsOf(row) ?? NOTHING);
    return all === 0 ? null : keptOut / all;
  };
  return (
    <PageBody
      title={t.sources}
      lead={t.sourcesLead}
      actions={
        account.role === "admin" && (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t.register}
          </Button>
        )
      }
    >
      <WholeList<Source>
        label={t.sources}
        query={{
          ...sources,
          data: sources.data?.filter((source) => kind === undefined || source.kind === kind),
        }}
        filters={
          <Select
            allowClear
            aria-label={t.kind}
            placeholder={t.kind}
            value={kind ?? null}
            onChange={(value: string | null) => write("kind", value ?? undefined)}
            style={{ minWidth: 160 }}
            options={KINDS.map((value) => ({ value, label: sourceKindOf(value) }))}
          />
        }
        rowKey={(row) => row.id}
        csv="sources"
        empty={t.emptySources}
        columns={[
          {
            title: t.name,
            dataIndex: "name",
            render: (name: string, row) => <Link to={`/console/sources/${row.id}`}>{name}</Link>,
          },
          {
            title: t.kind,
            key: "kind",
            render: (_, row) => kindOf(row),
            csv: kindOf,
          },
          {
            title: t.purposes,
            key: "purposes",
            render: (_, row) => <div className="words">{purposesOf(row)}</div>,
            csv: purposesOf,
          },
          {
            title: t.state,
            dataIndex: "state",
            render: (state: string) => (
              <Tag color={state === "active" ? "green" : "default"}>{stateOf(state)}</Tag>
            ),
          },
          {
            title: t.health,
            key: "health",
            render: (_, row) => {
              if (health.data === undefined || row.state !== "active") return "–";
              const found = healthOf(countsOf(row));
              return <Tag color={HEALTH_COLOURS[found]}>{t[found]}</Tag>;
            },
            csv: (row) => (row.state === "active" ? t[healthOf(countsOf(row))] : ""),
          },
          {
            title: t.perDay,
            key: "rate",
            align: "right",
            render: (_, row) => number(perDay(row), 1),
            csv: (row) => Math.round(10 * perDay(row)) / 10,
          },
          {
            title: t.unusable,
            key: "unusable",
            align: "right",
            render: (_, row) => {
              const found = share(row);
              return found ? (
                <Link to={`/console/quarantine?source=${row.id}`}>{percent(found, 1)}</Link>
              ) : (
                percent(found, 1)
              );
            },
            csv: share,
          },
          {
            title: t.lastSeen,
            key: "lastSeen",
            render: (_, row) => date(countsOf(row)?.lastDay),
            csv: (row) => countsOf(row)?.lastDay,
          },
        ]}
      />
      {adding && <NewSource onClose={() => setAdding(false)} />}
    </PageBody>
  );
}

interface Given {
  readonly name: string;
  readonly kind: string;
  readonly platform?: string;
  readonly purposes: string[];
  readonly currency?: string;
  readonly timeZone?: string;
  readonly orderNamespace?: string;
  readonly region?: string;
}

function NewSource({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(OPERATE);
  const sourceKindOf = useCodes(SOURCE_KINDS);
  const channelOf = useCodes(CHANNELS);
  const locale = useLocale();
  const client = useQueryClient();
  const [form] = Form.useForm<Given>();
  const kind = Form.useWatch("kind", form);
  const purposes = usePurposes();
  const create = useMutation({
    mutationFn: (given: Given) =>
      post<Static<typeof CreatedSourceSchema>>(
        "/v1/sources",
        Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined && v !== "")),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["sources"] }),
  });
  return (
    <Modal
      open
      title={t.register}
      okText={t.create}
      onCancel={onClose}
      onOk={() => (create.data === undefined ? form.submit() : onClose())}
      okButtonProps={{ loading: create.isPending }}
    >
      <ProblemNote error={create.error} />
      {create.data !== undefined ? (
        <>
          <p>{t.writeKey}</p>
          <ShownOnce value={create.data.writeKey} />
        </>
      ) : (
        <Form<Given>
          form={form}
          layout="vertical"
          initialValues={{ kind: "pos", purposes: ["service"] }}
          onFinish={(given) => create.mutate(given)}
        >
          <Form.Item name="name" label={t.name} rules={[{ required: true }]}>
            <Input />
          </Form.Item>
          <Form.Item name="kind" label={t.kind}>
            <Select
              options={["pos", "web", "social", "survey", "members"].map((value) => ({
                value,
                label: sourceKindOf(value),
              }))}
            />
          </Form.Item>
          {kind === "social" && (
            <Form.Item name="platform" label={t.platform} rules={[{ required: true }]}>
              <Select
                options={["wechat", "weibo", "line", "meta"].map((value) => ({
                  value,
                  label: channelOf(value),
                }))}
              />
            </Form.Item>
          )}
          <Form.Item name="purposes" label={t.purposes} rules={[{ required: true }]}>
            <Select
              mode="multiple"
              options={(purposes.data?.purposes ?? []).map((p) => ({
                value: p.id,
                label: p.name[locale],
              }))}
            />
          </Form.Item>
          <div className="row" style={{ alignItems: "flex-start" }}>
            <Form.Item name="currency" label={t.currency} rules={[{ pattern: /^[A-Z]{3}$/ }]}>
              <Input placeholder="CNY" style={{ width: 100 }} />
            </Form.Item>
            <Form.Item name="timeZone" label={t.timeZone}>
              <Input placeholder="Asia/Shanghai" style={{ width: 180 }} />
            </Form.Item>
            <Form.Item name="region" label={t.region} rules={[{ pattern: /^[A-Z]{2}$/ }]}>
              <Input placeholder="CN" style={{ width: 100 }} />
            </Form.Item>
          </div>
          <Form.Item
            name="orderNamespace"
            label={t.orderNamespace}
            rules={[{ pattern: /^[A-Za-z0-9_-]{1,64}$/ }]}
          >
            <Input placeholder={t.orderNamespaceNone} style={{ width: 280 }} />
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}

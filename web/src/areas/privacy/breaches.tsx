import { useMutation, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Checkbox from "antd/es/checkbox";
import Form from "antd/es/form";
import Input from "antd/es/input";
import Modal from "antd/es/modal";
import Select from "antd/es/select";
import Tag from "antd/es/tag";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { post } from "../../api.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { ServerList, useView } from "../../parts/list.tsx";
import { PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useSession } from "../../session.ts";
import { BREACH } from "./words-breach.ts";

export interface Incident {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly consequences: string | null;
  readonly measures: string | null;
  readonly aspects: readonly ("confidentiality" | "integrity" | "availability")[];
  readonly from: string;
  readonly to: string;
  readonly discoveredAt: string;
  readonly risk: "unlikely" | "risk" | "high" | null;
  readonly state: "open" | "closed";
}

/** The words of a risk; `risk` alone would say too little. */
export const RISK_WORDS = { unlikely: "unlikely", risk: "riskRisk", high: "high" } as const;

/** The register of breaches (GDPR Art. 33(5)). */
export function BreachesPage() {
  const t = useWords(BREACH);
  const { time } = useFormats();
  const { account } = useSession();
  const [recording, setRecording] = useState(false);
  const [read, write] = useView();
  const navigate = useNavigate();
  return (
    <PageBody
      title={t.breaches}
      lead={t.lead}
      actions={
        account.role !== "auditor" && (
          <Button type="primary" onClick={() => setRecording(true)}>
            {t.record}
          </Button>
        )
      }
    >
      <ServerList<Incident>
        label={t.breaches}
        path="/v1/breaches"
        query={{ state: read("state") }}
        onOpen={(row) => void navigate(`/console/breaches/${row.id}`)}
        filters={
          <Select
            allowClear
            aria-label={t.state}
            placeholder={t.state}
            value={read("state") ?? null}
            onChange={(value: string | null) => write("state", value ?? undefined)}
            style={{ minWidth: 140 }}
            options={(["open", "closed"] as const).map((value) => ({ value, label: t[value] }))}
          />
        }
        rowKey={(row) => row.id}
        csv="breaches"
        empty={t.empty}
        columns={[
          {
            title: t.title,
            dataIndex: "title",
            render: (title: string, row) => <Link to={`/console/breaches/${row.id}`}>{title}</Link>,
          },
          {
            title: t.discovered,
            dataIndex: "discoveredAt",
            render: time,
          },
          {
            title: t.risk,
            dataIndex: "risk",
            render: (risk: Incident["risk"]) =>
              risk === null ? (
                <Tag color="orange">{t.notAssessed}</Tag>
              ) : (
                <Tag color={risk === "high" ? "red" : "default"}>{t[RISK_WORDS[risk]]}</Tag>
              ),
          },
          {
            title: t.state,
            dataIndex: "state",
            render: (state: Incident["state"]) => (
              <Tag color={state === "open" ? "blue" : "default"}>{t[state]}</Tag>
            ),
          },
        ]}
      />
      {recording && <NewIncident onClose={() => setRecording(false)} />}
    </PageBody>
  );
}

interface Given {
  readonly title: string;
  readonly description: string;
  readonly aspects: string[];
  readonly from: string;
  readonly to: string;
  readonly readerKind: string;
  readonly readerId?: string;
  readonly everybody?: boolean;
}

function NewIncident({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(BREACH);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [form] = Form.useForm<Given>();
  const record = useMutation({
    mutationFn: (given: Given) =>
      post<Incident>("/v1/breaches", {
        title: given.title,
        description: given.description,
        aspects: given.aspects,
        from: new Date(given.from).toISOString(),
        to: new Date(given.to).toISOString(),
        ...(given.readerId ? { readers: [{ kind: given.readerKind, id: given.readerId.trim() }] } : {}),
        ...(given.everybody === true ? { everybody: true } : {}),
      }),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["list", "/v1/breaches"] });
      void navigate(`/console/breaches/${made.id}`);
    },
  });
  return (
    <Modal
      open
      title={t.record}
      okText={t.save}
      onCancel={onClose}
      onOk={() => form.submit()}
      okButtonProps={{ loading: record.isPending }}
    >
      <p className="quiet">{t.recordLead}</p>
      <ProblemNote error={record.error} />
      <Form<Given>
        form={form}
        layout="vertical"
        initialValues={{ aspects: ["confidentiality"], readerKind: "api-key" }}
        onFinish={(given) => record.mutate(given)}
      >
        <Form.Item name="title" label={t.title} rules={[{ required: true }]}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="description" label={t.description} rules={[{ required: true }]}>
          <Input.TextArea rows={3} maxLength={10_000} />
        </Form.Item>
        <Form.Item name="aspects" label={t.aspects} rules={[{ type: "array", min: 1 }]}>
          <Checkbox.Group
            options={(["confidentiality", "integrity", "availability"] as const).map((value) => ({
              value,
              label: t[value],
            }))}
          />
        </Form.Item>
        <Form.Item label={t.span} required style={{ marginBottom: 0 }}>
          <div className="row">
            <Form.Item name="from" rules={[{ required: true }]}>
              <Input type="datetime-local" aria-label={t.span} />
            </Form.Item>
            <Form.Item name="to" rules={[{ required: true }]}>
              <Input type="datetime-local" aria-label={t.span} />
            </Form.Item>
          </div>
        </Form.Item>
        <Form.Item name="readerKind" label={t.readerKind}>
          <Select
            options={(["api-key", "recipient", "staff"] as const).map((value) => ({
              value,
              label: t[value],
            }))}
          />
        </Form.Item>
        <Form.Item name="readerId" label={t.reader}>
          <Input className="mono" />
        </Form.Item>
        <Form.Item name="everybody" valuePropName="checked">
          <Checkbox>{t.everybody}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  );
}

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
import type { LateSchema } from "../../../../src/recipients/answers.schema.ts";
import type {
  CreatedRecipient,
  ShownRecipient,
  ShownRecipients,
} from "../../../../src/recipients/recipient.schema.ts";
import { get, post } from "../../api.ts";
import { DATA_KINDS } from "../../codes/kinds.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useLocale, useWords } from "../../i18n.ts";
import { PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { usePurposeName, usePurposes } from "../../parts/purpose.tsx";
import { ShownOnce } from "../../parts/secret.tsx";
import { WholeList } from "../../parts/whole-list.tsx";
import { useSession } from "../../session.ts";
import { CONSENT } from "./words.ts";

export type Recipient = Static<typeof ShownRecipient>;

const CATEGORIES = [
  "identity",
  "contact",
  "demographic",
  "location",
  "online",
  "transaction",
  "social",
  "survey",
  "preference",
  "derived",
];

/** Downstream systems. */
export function RecipientsPage() {
  const t = useWords(CONSENT);
  const categoryOf = useCodes(DATA_KINDS);
  const stateOf = useCodes(STATES);
  const { account } = useSession();
  const [adding, setAdding] = useState(false);
  const purposeOf = usePurposeName();
  const recipients = useQuery({
    queryKey: ["recipients"],
    queryFn: () => get<Static<typeof ShownRecipients>>("/v1/recipients"),
    select: ({ items }) => items,
  });
  const late = useQuery({
    queryKey: ["late"],
    queryFn: () => get<Static<typeof LateSchema>>("/v1/recipients/late"),
  });
  const lateOf = (id: string) => late.data?.items.find((item) => item.recipient === id)?.notices ?? 0;
  return (
    <PageBody
      title={t.recipients}
      lead={t.recipientsLead}
      actions={
        account.role !== "auditor" && (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t.register}
          </Button>
        )
      }
    >
      <WholeList<Recipient>
        label={t.recipients}
        query={recipients}
        rowKey={(row) => row.id}
        csv="recipients"
        empty={t.emptyRecipients}
        columns={[
          {
            title: t.name,
            dataIndex: "name",
            render: (name: string, row) => <Link to={`/console/recipients/${row.id}`}>{name}</Link>,
          },
          { title: t.role, dataIndex: "role", render: (v: Recipient["role"]) => t[v] },
          {
            title: t.purposes,
            key: "purposes",
            render: (_, row) => <div className="words">{row.purposes.map(purposeOf).join(", ")}</div>,
            csv: (row) => row.purposes.map(purposeOf).join(", "),
          },
          {
            title: t.categories,
            key: "categories",
            render: (_, row) => <div className="words">{row.categories.map(categoryOf).join(", ")}</div>,
            csv: (row) => row.categories.map(categoryOf).join(", "),
          },
          {
            title: t.state,
            dataIndex: "state",
            render: (v: string) => <Tag color={v === "active" ? "green" : "default"}>{stateOf(v)}</Tag>,
          },
          {
            title: t.late,
            key: "late",
            csv: (row) => lateOf(row.id),
            align: "right",
            render: (_, row) => (lateOf(row.id) > 0 ? <Tag color="red">{lateOf(row.id)}</Tag> : 0),
          },
        ]}
      />
      {adding && <NewRecipient onClose={() => setAdding(false)} />}
    </PageBody>
  );
}

function NewRecipient({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(CONSENT);
  const kindOf = useCodes(DATA_KINDS);
  const locale = useLocale();
  const client = useQueryClient();
  const [form] = Form.useForm<Record<string, unknown>>();
  const purposes = usePurposes();
  const add = useMutation({
    mutationFn: (given: Record<string, unknown>) =>
      post<Static<typeof CreatedRecipient>>("/v1/recipients", {
        ...Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined && v !== "")),
        locale,
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["recipients"] }),
  });
  const done = add.data !== undefined;
  return (
    <Modal
      open
      title={t.register}
      okText={t.register}
      onCancel={onClose}
      onOk={() => (done ? onClose() : form.submit())}
      okButtonProps={{ loading: add.isPending }}
    >
      <ProblemNote error={add.error} />
      {done && add.data.webhookSecret !== null && (
        <>
          <p>{t.secret}</p>
          <ShownOnce value={add.data.webhookSecret} />
        </>
      )}
      {!done && (
        <Form
          form={form}
          layout="vertical"
          initialValues={{ role: "processor" }}
          onFinish={(given) => add.mutate(given as Record<string, unknown>)}
        >
          <Form.Item name="id" label={t.id} rules={[{ required: true, pattern: /^[a-z][a-z0-9-]{0,62}$/ }]}>
            <Input />
          </Form.Item>
          <Form.Item name="name" label={t.name} rules={[{ required: true }]}>
            <Input />
          </Form.Item>
          <Form.Item name="role" label={t.role}>
            <Select
              options={(["processor", "third-party"] as const).map((value) => ({ value, label: t[value] }))}
            />
          </Form.Item>
          <Form.Item name="purposes" label={t.purposes} rules={[{ required: true }]}>
            <Select
              mode="multiple"
              options={(purposes.data?.purposes ?? []).map((p) => ({
                value: p.id,
                label: p.name[locale],
              }))}
            />
          </Form.Item>
          <Form.Item name="categories" label={t.categories} rules={[{ required: true }]}>
            <Select mode="multiple" options={CATEGORIES.map((value) => ({ value, label: kindOf(value) }))} />
          </Form.Item>
          <Form.Item name="country" label={t.country} rules={[{ pattern: /^[A-Z]{2}$/ }]}>
            <Input placeholder="TW" style={{ width: 90 }} />
          </Form.Item>
          <Form.Item name="contact" label={t.contact} rules={[{ required: true, type: "email" }]}>
            <Input type="email" />
          </Form.Item>
          <Form.Item name="webhookUrl" label={t.webhook}>
            <Input type="url" placeholder="https://" />
          </Form.Item>
        </Form>
      )}
      {done && <p>{say(t.hours, { hours: 72 })}</p>}
    </Modal>
  );
}

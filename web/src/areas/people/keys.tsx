import { useMutation, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Form from "antd/es/form";
import Input from "antd/es/input";
import Modal from "antd/es/modal";
import Popconfirm from "antd/es/popconfirm";
import Select from "antd/es/select";
import Tag from "antd/es/tag";
import { useState } from "react";
import type { Static } from "typebox";
import type { CreatedApiKey, ShownApiKey } from "../../../../src/staff/api-key.schema.ts";
import { del, post } from "../../api.ts";
import { ROLE_WORDS } from "../../codes/kinds.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useLocale, useWords } from "../../i18n.ts";
import { ServerList } from "../../parts/list.tsx";
import { PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { usePurposeName, usePurposes } from "../../parts/purpose.tsx";
import { ShownOnce } from "../../parts/secret.tsx";
import { ROLES } from "./roles.ts";
import { PEOPLE } from "./words.ts";

type Key = Static<typeof ShownApiKey>;

/** API keys of programs. */
export function KeysPage() {
  const t = useWords(PEOPLE);
  const purposeOf = usePurposeName();
  const roleOf = useCodes(ROLE_WORDS);
  const { date } = useFormats();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const end = useMutation({
    mutationFn: (id: string) => del(`/v1/keys/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ["list", "/v1/keys"] }),
  });
  return (
    <PageBody
      title={t.keys}
      lead={t.keysLead}
      actions={
        <Button type="primary" onClick={() => setAdding(true)}>
          {t.addKey}
        </Button>
      }
    >
      <ProblemNote error={end.error} />
      <ServerList<Key>
        label={t.keys}
        path="/v1/keys"
        rowKey={(row) => row.id}
        empty={t.noKeys}
        csv="keys"
        columns={[
          { title: t.name, dataIndex: "name" },
          { title: t.role, dataIndex: "role", render: roleOf },
          {
            title: t.purposes,
            key: "purposes",
            render: (_, row) => <div className="words">{row.purposes.map(purposeOf).join(", ")}</div>,
            csv: (row) => row.purposes.map(purposeOf).join(", "),
          },
          { title: t.created, dataIndex: "createdAt", render: date },
          { title: t.last, dataIndex: "lastUsed", render: date },
          { title: t.expires, dataIndex: "expiresAt", render: date },
          {
            title: "",
            key: "act",
            render: (_, row) =>
              row.endedAt !== null ? (
                <Tag>{date(row.endedAt)}</Tag>
              ) : (
                <Popconfirm title={t.endKey} description={t.endKeyText} onConfirm={() => end.mutate(row.id)}>
                  <Button size="small" danger>
                    {t.endKey}
                  </Button>
                </Popconfirm>
              ),
          },
        ]}
      />
      {adding && <NewKey onClose={() => setAdding(false)} />}
    </PageBody>
  );
}

interface Given {
  readonly name: string;
  readonly role: string;
  readonly purposes?: string[];
  readonly stores?: string[];
  /** The last day on which it counts, in the browser's time zone. */
  readonly lastDay?: string;
}

function NewKey({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(PEOPLE);
  const roleOf = useCodes(ROLE_WORDS);
  const locale = useLocale();
  const client = useQueryClient();
  const [form] = Form.useForm<Given>();
  const role = Form.useWatch("role", form);
  const purposes = usePurposes();
  const add = useMutation({
    mutationFn: ({ lastDay, ...given }: Given) =>
      post<Static<typeof CreatedApiKey>>("/v1/keys", {
        ...given,
        ...(lastDay ? { expiresAt: new Date(`${lastDay}T23:59:59.999`).toISOString() } : {}),
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["list", "/v1/keys"] }),
  });
  return (
    <Modal
      open
      title={t.addKey}
      okText={t.addKey}
      onCancel={onClose}
      onOk={() => (add.data === undefined ? form.submit() : onClose())}
      okButtonProps={{ loading: add.isPending }}
    >
      <ProblemNote error={add.error} />
      {add.data !== undefined ? (
        <ShownOnce value={add.data.secret} />
      ) : (
        <Form<Given>
          form={form}
          layout="vertical"
          initialValues={{ role: "ingest", purposes: ["service"] }}
          onFinish={(given) => add.mutate(given)}
        >
          <Form.Item name="name" label={t.name} rules={[{ required: true }]}>
            <Input />
          </Form.Item>
          <Form.Item name="role" label={t.role}>
            <Select options={ROLES.map((value) => ({ value, label: roleOf(value) }))} />
          </Form.Item>
          {role === "store" && (
            <Form.Item name="stores" label={t.stores}>
              <Select mode="tags" open={false} suffixIcon={null} />
            </Form.Item>
          )}
          <Form.Item name="purposes" label={t.purposes}>
            <Select
              mode="multiple"
              options={(purposes.data?.purposes ?? []).map((p) => ({
                value: p.id,
                label: p.name[locale],
              }))}
            />
          </Form.Item>
          <Form.Item name="lastDay" label={t.expires}>
            <Input type="date" style={{ width: 180 }} />
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}

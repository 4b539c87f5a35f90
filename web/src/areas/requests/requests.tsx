import { useMutation, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Form from "antd/es/form";
import Input from "antd/es/input";
import Modal from "antd/es/modal";
import Segmented from "antd/es/segmented";
import Select from "antd/es/select";
import Tag from "antd/es/tag";
import { useState } from "react";
import { useNavigate } from "react-router";
import { post } from "../../api.ts";
import { useRegimes } from "../../codes/regimes.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useLocale, useWords } from "../../i18n.ts";
import { ServerList, useView } from "../../parts/list.tsx";
import { PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useSession } from "../../session.ts";
import { MemberFilter } from "../members/member-filter.tsx";
import { Due, KINDS, type Shown } from "./due.tsx";
import { REQUESTS } from "./words.ts";

/** Requests, the soonest deadline first. */
export function RequestsPage() {
  const t = useWords(REQUESTS);
  const stateOf = useCodes(STATES);
  const { ids: regimes, nameOf: regimeOf } = useRegimes();
  const { date } = useFormats();
  const { account } = useSession();
  const navigate = useNavigate();
  const [read, write] = useView();
  const [filing, setFiling] = useState(false);
  const open = read("open") ?? "true";
  return (
    <PageBody
      title={t.title}
      lead={t.lead}
      actions={
        account.role !== "auditor" && (
          <Button type="primary" onClick={() => setFiling(true)}>
            {t.file}
          </Button>
        )
      }
    >
      <ServerList<Shown>
        label={t.title}
        path="/v1/dsr"
        query={{
          open: open === "true" ? true : undefined,
          kind: read("kind"),
          regime: read("regime"),
          member: read("member"),
        }}
        rowKey={(row) => row.id}
        empty={t.empty}
        csv="requests"
        onOpen={(row) => void navigate(`/console/requests/${row.id}`)}
        filters={
          <>
            <MemberFilter />
            <Segmented
              value={open}
              onChange={(value) => write("open", value)}
              options={[
                { value: "true", label: t.open },
                { value: "all", label: t.all },
              ]}
            />
            <Select
              allowClear
              aria-label={t.kind}
              placeholder={t.kind}
              value={read("kind") ?? null}
              onChange={(value) => write("kind", value ?? undefined)}
              style={{ minWidth: 160 }}
              options={[...KINDS, "appeal" as const].map((value) => ({ value, label: t[value] }))}
            />
            <Select
              allowClear
              aria-label={t.law}
              placeholder={t.law}
              value={read("regime") ?? null}
              onChange={(value) => write("regime", value ?? undefined)}
              style={{ minWidth: 110 }}
              options={regimes.map((value) => ({ value, label: regimeOf(value) }))}
            />
          </>
        }
        columns={[
          {
            title: t.left,
            key: "left",
            sort: "due",
            render: (_, row) => <Due request={row} />,
            csv: (r) => r.dueOn,
          },
          { title: t.due, dataIndex: "dueOn", sort: "due", render: date },
          { title: t.kind, dataIndex: "kind", render: (kind: Shown["kind"]) => t[kind] },
          { title: t.law, dataIndex: "regime", render: regimeOf },
          { title: t.state, dataIndex: "state", render: (state: string) => <Tag>{stateOf(state)}</Tag> },
          { title: t.door, dataIndex: "door", render: (door: Shown["door"]) => t[door] },
          { title: t.received, dataIndex: "receivedAt", sort: "received", render: date },
        ]}
      />
      {filing && <NewRequest onClose={() => setFiling(false)} />}
    </PageBody>
  );
}

interface Given {
  readonly kind: string;
  readonly door: string;
  readonly contactKind: "email" | "phone";
  readonly contact: string;
  readonly country?: string;
  readonly words?: string;
}

function NewRequest({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(REQUESTS);
  const locale = useLocale();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [form] = Form.useForm<Given>();
  const file = useMutation({
    mutationFn: (given: Given) =>
      post<Shown>("/v1/dsr", {
        kind: given.kind,
        door: given.door,
        contact: { kind: given.contactKind, value: given.contact },
        locale,
        ...(given.country ? { country: given.country } : {}),
        ...(given.words ? { words: given.words } : {}),
      }),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["list", "/v1/dsr"] });
      void navigate(`/console/requests/${made.id}`);
    },
  });
  return (
    <Modal
      open
      title={t.file}
      okText={t.save}
      onCancel={onClose}
      onOk={() => form.submit()}
      okButtonProps={{ loading: file.isPending }}
    >
      <p className="quiet">{t.fileLead}</p>
      <ProblemNote error={file.error} />
      <Form<Given>
        form={form}
        layout="vertical"
        initialValues={{ kind: "access", door: "letter", contactKind: "email" }}
        onFinish={(given) => file.mutate(given)}
      >
        <Form.Item name="kind" label={t.kind}>
          <Select options={KINDS.map((value) => ({ value, label: t[value] }))} />
        </Form.Item>
        <Form.Item name="door" label={t.door}>
          <Select
            options={(["letter", "counter", "phone"] as const).map((value) => ({ value, label: t[value] }))}
          />
        </Form.Item>
        <Form.Item name="contactKind" label={t.reachedBy}>
          <Select
            options={[
              { value: "email", label: t.email },
              { value: "phone", label: t.phoneNumber },
            ]}
          />
        </Form.Item>
        <Form.Item name="contact" rules={[{ required: true, min: 3 }]} label={t.contact}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="country" label={t.country}>
          <Select
            allowClear
            options={["CN", "TW", "GB", "DE", "FR", "US"].map((value) => ({ value, label: value }))}
          />
        </Form.Item>
        <Form.Item name="words" label={t.words}>
          <Input.TextArea rows={3} maxLength={4000} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Form from "antd/es/form";
import Input from "antd/es/input";
import Modal from "antd/es/modal";
import Popconfirm from "antd/es/popconfirm";
import Select from "antd/es/select";
import Tag from "antd/es/tag";
import { useState } from "react";
import type { Static } from "typebox";
import type { StaffRole } from "../../../../src/kernel/route.ts";
import type { Accounts, InvitedAccount, InviteLink } from "../../../../src/staff/staff.schema.ts";
import { get, patch, post } from "../../api.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { ShownOnce } from "../../parts/secret.tsx";
import { WholeList } from "../../parts/whole-list.tsx";
import type { Account } from "../../session.ts";
import { ACCOUNT } from "../account/words.ts";
import { PEOPLE } from "./words.ts";

const ROLES: readonly StaffRole[] = ["admin", "compliance", "cx", "store", "analyst", "auditor"];
const COLOURS = { active: "green", invited: "blue", locked: "orange", ended: "default" } as const;

/** The accounts of people. */
export function StaffPage() {
  const t = useWords(PEOPLE);
  const stateOf = useCodes(STATES);
  const roles = useWords(ACCOUNT);
  const { date } = useFormats();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [link, setLink] = useState<string | null>(null);
  const staff = useQuery({
    queryKey: ["staff"],
    queryFn: () => get<Static<typeof Accounts>>("/v1/staff"),
    select: ({ items }) => items,
  });
  const change = useMutation({
    mutationFn: (given: { id: string; body: object }) => patch(`/v1/staff/${given.id}`, given.body),
    onSuccess: () => client.invalidateQueries({ queryKey: ["staff"] }),
  });
  const invite = useMutation({
    mutationFn: (id: string) => post<Static<typeof InviteLink>>(`/v1/staff/${id}/invitation`),
    onSuccess: (answer) => setLink(answer.link),
  });
  return (
    <PageBody
      title={t.people}
      lead={t.peopleLead}
      actions={
        <Button type="primary" onClick={() => setAdding(true)}>
          {t.add}
        </Button>
      }
    >
      <ProblemNote error={change.error ?? invite.error} />
      <WholeList<Account>
        label={t.people}
        query={staff}
        rowKey={(row) => row.id}
        csv="people"
        empty={t.noPeople}
        columns={[
          {
            title: t.name,
            key: "name",
            csv: (row) => `${row.name} <${row.email}>`,
            render: (_, row) => (
              <>
                {row.name}
                <div className="quiet">{row.email}</div>
              </>
            ),
          },
          {
            title: t.role,
            dataIndex: "role",
            render: (role: StaffRole, row) => (
              <>
                {roles[role]}
                {row.stores.length > 0 && <div className="quiet">{row.stores.join(", ")}</div>}
              </>
            ),
          },
          {
            title: t.state,
            dataIndex: "state",
            render: (state: Account["state"]) => <Tag color={COLOURS[state]}>{stateOf(state)}</Tag>,
          },
          { title: t.factor, dataIndex: "secondFactor", render: (v: boolean) => (v ? t.on : t.off) },
          { title: t.last, dataIndex: "lastLogin", render: date },
          {
            title: "",
            key: "act",
            render: (_, row) =>
              row.state === "ended" ? null : (
                <span className="row">
                  <Button size="small" onClick={() => invite.mutate(row.id)}>
                    {t.invite}
                  </Button>
                  {row.secondFactor && (
                    <Popconfirm
                      title={t.resetFactor}
                      onConfirm={() => change.mutate({ id: row.id, body: { resetSecondFactor: true } })}
                    >
                      <Button size="small">{t.resetFactor}</Button>
                    </Popconfirm>
                  )}
                  {row.signOn && (
                    <Popconfirm
                      title={t.resetSignOn}
                      description={t.resetSignOnText}
                      onConfirm={() => change.mutate({ id: row.id, body: { resetSignOn: true } })}
                    >
                      <Button size="small">{t.resetSignOn}</Button>
                    </Popconfirm>
                  )}
                  <Popconfirm
                    title={t.end}
                    description={t.endText}
                    onConfirm={() => change.mutate({ id: row.id, body: { ended: true } })}
                  >
                    <Button size="small" danger>
                      {t.end}
                    </Button>
                  </Popconfirm>
                </span>
              ),
          },
        ]}
      />
      {adding && (
        <NewPerson
          onClose={() => setAdding(false)}
          onAdded={(made) => {
            setAdding(false);
            setLink(made);
            void client.invalidateQueries({ queryKey: ["staff"] });
          }}
        />
      )}
      <Modal open={link !== null} onCancel={() => setLink(null)} footer={null} title={t.invite}>
        <p>{t.link}</p>
        {link !== null && <ShownOnce value={`${location.origin}${link}`} />}
      </Modal>
    </PageBody>
  );
}

interface Given {
  readonly name: string;
  readonly email: string;
  readonly role: StaffRole;
  readonly stores?: string[];
}

function NewPerson(props: { readonly onClose: () => void; readonly onAdded: (link: string) => void }) {
  const t = useWords(PEOPLE);
  const roles = useWords(ACCOUNT);
  const [form] = Form.useForm<Given>();
  const role = Form.useWatch("role", form);
  const add = useMutation({
    mutationFn: (given: Given) => post<Static<typeof InvitedAccount>>("/v1/staff", given),
    onSuccess: ({ link }) => props.onAdded(link),
  });
  return (
    <Modal
      open
      title={t.add}
      okText={t.add}
      onCancel={props.onClose}
      onOk={() => form.submit()}
      okButtonProps={{ loading: add.isPending }}
    >
      <ProblemNote error={add.error} />
      <Form<Given>
        form={form}
        layout="vertical"
        initialValues={{ role: "cx" }}
        onFinish={(given) => add.mutate(given)}
      >
        <Form.Item name="name" label={t.name} rules={[{ required: true }]}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="email" label={t.email} rules={[{ required: true, type: "email" }]}>
          <Input type="email" autoComplete="off" />
        </Form.Item>
        <Form.Item name="role" label={t.role}>
          <Select options={ROLES.map((value) => ({ value, label: roles[value] }))} />
        </Form.Item>
        {role === "store" && (
          <Form.Item name="stores" label={t.stores} rules={[{ required: true }]}>
            <Select mode="tags" open={false} suffixIcon={null} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}

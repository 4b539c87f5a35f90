import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Form from "antd/es/form";
import Input from "antd/es/input";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { useState } from "react";
import type { Static } from "typebox";
import type { Sessions, TotpSetup } from "../../../../src/staff/staff.schema.ts";
import { del, get, post } from "../../api.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { usePurposeName } from "../../parts/purpose.tsx";
import { useSession } from "../../session.ts";
import { ACCOUNT } from "./words.ts";

/** One's own role, password, second factor and sessions. */
export function AccountPage() {
  const t = useWords(ACCOUNT);
  const { account } = useSession();
  const purposeOf = usePurposeName();
  const purposes = account.purposes.includes("*")
    ? t.every
    : account.purposes.map(purposeOf).join(", ") || t.none;
  return (
    <PageBody title={t.title} lead={`${account.name} · ${account.email}`}>
      <div className="stack" style={{ maxWidth: 760 }}>
        <Card>
          <dl className="kv">
            <dt>{t.role}</dt>
            <dd>{t[account.role]}</dd>
            <dt>{t.purposes}</dt>
            <dd>{purposes}</dd>
          </dl>
        </Card>
        <PasswordCard />
        <SecondFactorCard />
        <SessionsCard />
      </div>
    </PageBody>
  );
}

function PasswordCard() {
  const t = useWords(ACCOUNT);
  const { message } = App.useApp();
  const [form] = Form.useForm<{ current: string; password: string }>();
  const change = useMutation({
    mutationFn: (given: { current: string; password: string }) => post("/v1/session/password", given),
    onSuccess: () => {
      form.resetFields();
      void message.success(t.changed);
    },
  });
  return (
    <Card title={t.password}>
      <ProblemNote error={change.error} />
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(given) => change.mutate(given)}>
        <Form.Item name="current" label={t.current} rules={[{ required: true }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item name="password" label={t.next} extra={t.hint} rules={[{ required: true, min: 12 }]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button htmlType="submit" loading={change.isPending}>
          {t.change}
        </Button>
      </Form>
    </Card>
  );
}

function SecondFactorCard() {
  const t = useWords(ACCOUNT);
  const { account, reload } = useSession();
  const [setup, setSetup] = useState<Static<typeof TotpSetup> | null>(null);
  const begin = useMutation({
    mutationFn: () => post<Static<typeof TotpSetup>>("/v1/session/second-factor"),
    onSuccess: setSetup,
  });
  const confirm = useMutation({
    mutationFn: (given: { code: string }) => post("/v1/session/second-factor/confirmation", given),
    onSuccess: () => {
      setSetup(null);
      reload();
    },
  });
  const end = useMutation({
    mutationFn: (given: { password: string }) => del("/v1/session/second-factor", given),
    onSuccess: reload,
  });
  return (
    <Card title={t.factor}>
      <ProblemNote error={begin.error ?? confirm.error ?? end.error} />
      <p style={{ marginTop: 0 }}>{account.secondFactor ? t.factorOn : t.factorOff}</p>
      {account.secondFactor && (
        <Form
          layout="vertical"
          onFinish={(given: { password: string }) => end.mutate(given)}
          requiredMark={false}
        >
          <Form.Item name="password" label={t.current} rules={[{ required: true }]}>
            <Input.Password autoComplete="current-password" />
          </Form.Item>
          <Button htmlType="submit" danger loading={end.isPending}>
            {t.factorEnd}
          </Button>
        </Form>
      )}
      {!account.secondFactor && setup === null && (
        <Button onClick={() => begin.mutate()} loading={begin.isPending}>
          {t.factorBegin}
        </Button>
      )}
      {setup !== null && (
        <Form
          layout="vertical"
          onFinish={(given: { code: string }) => confirm.mutate(given)}
          requiredMark={false}
        >
          <p>{t.factorText}</p>
          <p className="mono" style={{ fontSize: 16 }}>
            {setup.secret.replace(/(.{4})/g, "$1 ")}
          </p>
          <p className="mono quiet">{setup.uri}</p>
          <Form.Item name="code" label={t.factorCode} rules={[{ required: true, pattern: /^\d{6}$/ }]}>
            <Input inputMode="numeric" maxLength={6} autoComplete="one-time-code" style={{ width: 140 }} />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={confirm.isPending}>
            {t.factorConfirm}
          </Button>
        </Form>
      )}
    </Card>
  );
}

function SessionsCard() {
  const t = useWords(ACCOUNT);
  const { time } = useFormats();
  const client = useQueryClient();
  const sessions = useQuery({
    queryKey: ["sessions"],
    queryFn: () => get<Static<typeof Sessions>>("/v1/session/all"),
  });
  const end = useMutation({
    mutationFn: (id: string) => del(`/v1/session/all/${id}`),
    onSettled: () => client.invalidateQueries({ queryKey: ["sessions"] }),
  });
  return (
    <Card title={t.sessions}>
      <ProblemNote error={end.error} />
      <Loaded query={sessions}>
        {({ items }) => (
          <Table
            rowKey="id"
            size="small"
            pagination={false}
            scroll={{ x: "max-content" }}
            dataSource={items}
            columns={[
              { title: t.device, dataIndex: "device" },
              { title: t.since, dataIndex: "createdAt", render: time },
              { title: t.seen, dataIndex: "seenAt", render: time },
              {
                key: "act",
                title: "",
                render: (_, row) =>
                  row.current ? (
                    <Tag color="green">{t.here}</Tag>
                  ) : (
                    <Button size="small" onClick={() => end.mutate(row.id)}>
                      {t.end}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}

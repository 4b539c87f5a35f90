import { useQuery, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Form from "antd/es/form";
import Input from "antd/es/input";
import Result from "antd/es/result";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { Static } from "typebox";
import type { Invite as InviteSchema } from "../../../src/staff/staff.schema.ts";
import { post } from "../api.ts";
import { say, useWords } from "../i18n.ts";
import { ProblemNote } from "../parts/problem.tsx";
import { noteLoggedIn } from "../session.ts";
import { Door } from "./door.tsx";
import { SHELL } from "./words.ts";

type Invite = Static<typeof InviteSchema>;

/** Where a person chooses a password. Looking changes nothing: scanners of mail open every link. */
export function SetUp() {
  const t = useWords(SHELL);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [token] = useState(() => location.hash.slice(1));
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const invite = useQuery({
    queryKey: ["invite", token],
    queryFn: () => post<Invite>("/v1/invitations/look", { token }),
  });

  const send = async (given: { email?: string; name?: string; password: string }) => {
    setBusy(true);
    setProblem(null);
    try {
      client.setQueryData(["session"], await post("/v1/invitations/use", { token, ...given }));
      noteLoggedIn(true);
      await navigate("/", { replace: true });
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Door>
      {invite.isError && <Result status="warning" title={t.linkGone} subTitle={t.linkGoneText} />}
      {invite.data && (
        <>
          <h1 style={{ fontSize: 22, margin: "0 0 4px" }}>{t.setUpTitle}</h1>
          <p className="quiet" style={{ marginTop: 0 }}>
            {invite.data.first ? t.setUpFirst : say(t.setUpLead, { email: invite.data.email ?? "" })}
          </p>
          <ProblemNote error={problem} />
          <Form layout="vertical" onFinish={send} requiredMark={false}>
            {invite.data.first && (
              <>
                <Form.Item name="name" label={t.name} rules={[{ required: true }]}>
                  <Input autoComplete="name" size="large" />
                </Form.Item>
                <Form.Item name="email" label={t.email} rules={[{ required: true, type: "email" }]}>
                  <Input type="email" autoComplete="username" size="large" />
                </Form.Item>
              </>
            )}
            <Form.Item
              name="password"
              label={t.newPassword}
              extra={t.passwordHint}
              rules={[{ required: true, min: 12 }]}
            >
              <Input.Password autoComplete="new-password" size="large" />
            </Form.Item>
            <Button type="primary" htmlType="submit" block size="large" loading={busy}>
              {t.setUpDone}
            </Button>
          </Form>
        </>
      )}
    </Door>
  );
}

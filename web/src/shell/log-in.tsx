import Alert from "antd/es/alert";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Form from "antd/es/form";
import Input from "antd/es/input";
import { useState } from "react";
import { Problem, post } from "../api.ts";
import { useWords } from "../i18n.ts";
import { ProblemNote } from "../parts/problem.tsx";
import type { Account } from "../session.ts";
import { LanguageSwitch } from "./language.tsx";
import { SHELL } from "./words.ts";

interface Current {
  readonly account: Account;
  readonly csrf: string;
}

/** The door of the console. */
export function LogIn(props: {
  readonly ended: boolean;
  readonly unreachable: boolean;
  readonly onLoggedIn: (current: Current) => void;
}) {
  const t = useWords(SHELL);
  const [problem, setProblem] = useState<unknown>(null);
  const [needsCode, setNeedsCode] = useState(false);
  const [busy, setBusy] = useState(false);

  const send = async (given: { email: string; password: string; code?: string }) => {
    setBusy(true);
    setProblem(null);
    try {
      const code = given.code?.trim() ?? "";
      props.onLoggedIn(
        await post<Current>("/v1/session", {
          email: given.email,
          password: given.password,
          ...(code === "" ? {} : { code }),
        }),
      );
    } catch (error) {
      if (error instanceof Problem && error.code === "second-factor-required") setNeedsCode(true);
      else setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className="door">
      <div className="door-card stack">
        <div className="row" style={{ justifyContent: "space-between" }}>
          <div className="brand" style={{ padding: 0 }}>
            <img src="/console-assets/mark.svg" alt="" /> Candor
          </div>
          <LanguageSwitch />
        </div>
        <Card>
          <h1 style={{ fontSize: 22, margin: "0 0 4px" }}>{t.logIn}</h1>
          <p className="quiet" style={{ marginTop: 0 }}>
            {t.logInLead}
          </p>
          {props.ended && <Alert type="info" showIcon title={t.expired} style={{ marginBottom: 16 }} />}
          <ProblemNote error={problem} />
          <Form layout="vertical" onFinish={send} requiredMark={false}>
            <Form.Item name="email" label={t.email} rules={[{ required: true }]}>
              <Input type="email" autoComplete="username" autoFocus size="large" />
            </Form.Item>
            <Form.Item name="password" label={t.password} rules={[{ required: true }]}>
              <Input.Password autoComplete="current-password" size="large" />
            </Form.Item>
            {needsCode && (
              <Form.Item name="code" label={t.code} extra={t.codeHint} rules={[{ required: true }]}>
                <Input
                  inputMode="numeric"
                  autoComplete="one-time-code"
                  maxLength={6}
                  autoFocus
                  size="large"
                />
              </Form.Item>
            )}
            <Button type="primary" htmlType="submit" block size="large" loading={busy}>
              {t.logIn}
            </Button>
          </Form>
        </Card>
      </div>
    </main>
  );
}

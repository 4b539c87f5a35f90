import { useMutation } from "@tanstack/react-query";
import Alert from "antd/es/alert";
import Button from "antd/es/button";
import Form from "antd/es/form";
import Input from "antd/es/input";
import Select from "antd/es/select";
import { useState } from "react";
import { Link } from "react-router";
import { address, Problem, post } from "../../api.ts";
import { IDENTIFIERS } from "../../codes/kinds.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useWords } from "../../i18n.ts";
import { ProblemNote } from "../../parts/problem.tsx";
import { lastPurpose, PurposeSelect } from "../../parts/purpose.tsx";
import { MEMBERS } from "./words.ts";

const KINDS = ["email", "phone", "member_id", "user_id"] as const;
const OTHERS = ["wechat_openid", "wechat_unionid", "weibo_uid", "line_user_id", "meta_psid"] as const;

interface Given {
  readonly kind: string;
  readonly value: string;
  readonly region?: string;
  readonly issuer?: string;
}

/** Finds a member by something that only they have, through the blind index, for a purpose. */
export function FindForm(props: {
  readonly onFound: (memberId: string, purpose: string | undefined) => void;
}) {
  const t = useWords(MEMBERS);
  const identifierOf = useCodes(IDENTIFIERS);
  const [purpose, setPurpose] = useState(lastPurpose);
  const [form] = Form.useForm<Given>();
  const kind = Form.useWatch("kind", form) ?? "email";
  const find = useMutation({
    mutationFn: async (given: Given) => {
      if (given.kind === "memberId") return { memberId: given.value.trim() };
      return post<{ memberId: string }>(address("/v1/profiles/lookup", { purpose }), {
        kind: given.kind,
        value: given.value,
        ...(given.region ? { region: given.region } : {}),
        ...(given.issuer ? { issuer: given.issuer } : {}),
      });
    },
    onSuccess: ({ memberId }) => props.onFound(memberId, purpose),
  });
  const code = find.error instanceof Problem ? find.error.code : undefined;
  const found = find.error instanceof Problem ? find.error.errors.map((e) => e.message) : [];
  const label = (k: string) => (k in t ? t[k as keyof typeof t] : identifierOf(k));
  return (
    <>
      {code === "not-found" && <Alert type="info" showIcon title={t.none} style={{ marginBottom: 16 }} />}
      {code === "contested-identifier" && (
        <Alert
          type="warning"
          showIcon
          title={t.contestedFound}
          description={found.map((id) => (
            <div key={id}>
              <Link className="mono" to={address(`/console/members/${id}`, { purpose })}>
                {id}
              </Link>
            </div>
          ))}
          style={{ marginBottom: 16 }}
        />
      )}
      {code !== "not-found" && code !== "contested-identifier" && <ProblemNote error={find.error} />}
      <Form<Given>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ kind: "email" }}
        onFinish={(given) => find.mutate(given)}
      >
        <Form.Item label={t.purpose}>
          <PurposeSelect value={purpose} onChange={setPurpose} />
        </Form.Item>
        <Form.Item name="kind" label={t.kind}>
          <Select
            options={[...KINDS, ...OTHERS, "memberId"].map((value) => ({ value, label: label(value) }))}
          />
        </Form.Item>
        <Form.Item name="value" label={t.value} rules={[{ required: true }]}>
          <Input autoComplete="off" allowClear />
        </Form.Item>
        {kind === "phone" && (
          <Form.Item name="region" label={t.region}>
            <Select
              allowClear
              options={["CN", "TW", "HK", "GB", "DE", "FR", "US"].map((value) => ({ value, label: value }))}
            />
          </Form.Item>
        )}
        {(OTHERS as readonly string[]).includes(kind) && (
          <Form.Item name="issuer" label={t.issuer}>
            <Input autoComplete="off" />
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" loading={find.isPending} disabled={purpose === undefined}>
          {t.find}
        </Button>
      </Form>
    </>
  );
}

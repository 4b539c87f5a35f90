import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Checkbox from "antd/es/checkbox";
import Form from "antd/es/form";
import Input from "antd/es/input";
import Modal from "antd/es/modal";
import Select from "antd/es/select";
import { citeIn } from "../../../../consent/regimes/citations.ts";
import { get, post } from "../../api.ts";
import { wordOf } from "../../codes/code-words.ts";
import { STATES } from "../../codes/states.ts";
import { useLocale, useWords } from "../../i18n.ts";
import { ProblemNote } from "../../parts/problem.tsx";
import { MemberInput } from "../members/member-filter.tsx";
import type { Act, Field } from "./acts.tsx";
import type { Detail, Preview } from "./request.tsx";
import { REQUESTS } from "./words.ts";

type Answers = Record<string, string | boolean>;

/** The small form of one act. A script of its own: most looks at a request do nothing to it. */
export function ActForm(props: {
  readonly act: Act;
  readonly request: Detail;
  readonly onClose: () => void;
}) {
  const { act, request } = props;
  const t = useWords(REQUESTS);
  const locale = useLocale();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<Answers>();
  const needsPreview = act.key === "approve" && request.kind === "erasure";
  const preview = useQuery({
    queryKey: ["request-preview", request.id],
    enabled: needsPreview,
    queryFn: () => get<Preview>(`/v1/dsr/${request.id}/preview`),
  });
  const send = useMutation({
    mutationFn: (given: Answers) => post(`/v1/dsr/${request.id}/${act.door}`, bodyOf(given)),
    onSuccess: () => {
      void message.success(t.done);
      void client.invalidateQueries({ queryKey: ["request", request.id] });
      void client.invalidateQueries({ queryKey: ["request-preview", request.id] });
      props.onClose();
    },
  });
  const bodyOf = (given: Answers): unknown => {
    const told = Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined && v !== ""));
    if (act.key === "take-code") return { method: "code", ...told };
    if (needsPreview) return { fingerprint: preview.data?.fingerprint };
    if (act.key === "approve" && told.passphrase !== undefined)
      return { delivery: { kind: "passphrase", passphrase: told.passphrase } };
    return { ...told, ...act.told };
  };
  const input = (field: Field) => {
    switch (field.kind) {
      case "area":
        return <Input.TextArea rows={3} maxLength={4000} />;
      case "password":
        return <Input.Password autoComplete="new-password" minLength={12} />;
      case "method":
        return (
          <Select
            options={(["document", "in-person", "call-back", "account"] as const).map((value) => ({
              value,
              label: t[value],
            }))}
          />
        );
      case "ground":
        return (
          <Select
            options={request.grounds.map((g) => ({
              value: g.id,
              label: `${g.words[locale]} (${citeIn(locale, g.article)})`,
            }))}
          />
        );
      case "duplicate":
        return (
          <Select
            options={request.possibleDuplicates.map((d) => ({
              value: d.id,
              label: `${d.id} · ${wordOf(STATES, d.state, locale)}`,
            }))}
          />
        );
      case "check":
        return <Checkbox>{t[field.label]}</Checkbox>;
      case "member":
        return <MemberInput />;
      case "text":
        return <Input autoComplete="off" />;
    }
  };
  return (
    <Modal
      open
      title={t[act.label]}
      okText={t[act.label]}
      onCancel={props.onClose}
      onOk={() => form.submit()}
      okButtonProps={{
        danger: act.danger === true,
        loading: send.isPending,
        disabled: needsPreview && preview.data === undefined,
      }}
    >
      <ProblemNote error={send.error} />
      {act.text !== undefined && <p>{t[act.text]}</p>}
      <Form form={form} layout="vertical" onFinish={(given: Answers) => send.mutate(given)}>
        {act.fields.map((field) => (
          <Form.Item
            key={field.name}
            name={field.name}
            {...(field.kind === "check" ? { valuePropName: "checked" } : { label: t[field.label] })}
            rules={field.required === true ? [{ required: true }] : []}
          >
            {input(field)}
          </Form.Item>
        ))}
      </Form>
    </Modal>
  );
}

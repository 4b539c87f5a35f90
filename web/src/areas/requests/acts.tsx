import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Checkbox from "antd/es/checkbox";
import Form from "antd/es/form";
import Input from "antd/es/input";
import Modal from "antd/es/modal";
import Select from "antd/es/select";
import { useState } from "react";
import { citeIn } from "../../../../consent/regimes/citations.ts";
import { get, post } from "../../api.ts";
import { wordOf } from "../../codes/code-words.ts";
import { STATES } from "../../codes/states.ts";
import { useLocale, useWords } from "../../i18n.ts";
import { ProblemNote } from "../../parts/problem.tsx";
import { MemberInput } from "../members/member-filter.tsx";
import type { Detail, Preview } from "./request.tsx";
import { REQUESTS } from "./words.ts";

type Words = (typeof REQUESTS)["en"];
type Answers = Record<string, string | boolean>;

/** A button that opens a small form, whose answer goes to one door of the request. */
interface Act {
  readonly key: string;
  readonly door: string;
  readonly label: keyof Words;
  readonly danger?: boolean;
  readonly primary?: boolean;
  readonly text?: keyof Words;
  readonly fields: readonly Field[];
  /** What goes with the answers of the form. */
  readonly told?: Readonly<Record<string, unknown>>;
}

interface Field {
  readonly name: string;
  readonly label: keyof Words;
  readonly kind: "text" | "area" | "check" | "member" | "method" | "ground" | "duplicate" | "password";
  readonly required?: boolean;
}

/** What the machine allows now, as buttons; the same list decides on the server. */
function actsOf(request: Detail): Act[] {
  const may = new Set<string>(request.possibleActs);
  const acts: (Act | false)[] = [
    may.has("ask-identity") &&
      request.contact !== null && { key: "code", door: "code", label: "sendCode", primary: true, fields: [] },
    may.has("verify") && {
      key: "take-code",
      door: "identity",
      label: "takeCode",
      fields: [{ name: "code", label: "code", kind: "text", required: true }],
    },
    may.has("verify") && {
      key: "identity",
      door: "identity",
      label: "establish",
      fields: [
        ...(request.memberId === null
          ? [{ name: "memberId", label: "member", kind: "member", required: true } as const]
          : []),
        { name: "method", label: "method", kind: "method", required: true },
        { name: "note", label: "note", kind: "area" },
      ],
    },
    may.has("accept-authority") && {
      key: "authority",
      door: "authority",
      label: "authority",
      fields: [{ name: "note", label: "note", kind: "area", required: true }],
    },
    may.has("declare") && { key: "declaration", door: "declaration", label: "declaration", fields: [] },
    may.has("approve") && {
      key: "approve",
      door: "approve",
      label: request.kind === "erasure" ? "approveErasure" : "approve",
      primary: true,
      danger: request.kind === "erasure",
      ...(request.kind === "erasure" ? { text: "approveErasureText" } : {}),
      fields:
        (request.kind === "access" || request.kind === "portability") && request.delivery === null
          ? [{ name: "passphrase", label: "passphrase", kind: "password", required: true }]
          : [],
    },
    may.has("confirm") && {
      key: "confirm",
      door: "confirm",
      label: "confirm",
      fields: [
        { name: "note", label: "note", kind: "area", required: true },
        { name: "atOnce", label: "atOnce", kind: "check" },
      ],
    },
    request.state === "awaiting_confirmation" &&
      request.coolingUntil !== null && {
        key: "at-once",
        door: "confirm",
        label: "atOnce",
        fields: [{ name: "note", label: "note", kind: "area", required: true }],
        told: { atOnce: true },
      },
    may.has("deny") && {
      key: "deny",
      door: "deny",
      label: "deny",
      danger: true,
      fields: [
        { name: "ground", label: "denyGround", kind: "ground", required: true },
        { name: "words", label: "note", kind: "area" },
      ],
    },
    may.has("extend") && {
      key: "extend",
      door: "extend",
      label: "extend",
      text: "extendText",
      fields: [{ name: "reason", label: "reason", kind: "area", required: true }],
    },
    may.has("pause") && {
      key: "pause",
      door: "pause",
      label: "pause",
      fields: [{ name: "reason", label: "reason", kind: "area" }],
    },
    may.has("resume") && { key: "resume", door: "resume", label: "resume", fields: [] },
    may.has("retry") && { key: "retry", door: "retry", label: "retry", primary: true, fields: [] },
    may.has("hold") && {
      key: "hold",
      door: "hold",
      label: "hold",
      fields: [{ name: "reason", label: "reason", kind: "area", required: true }],
    },
    may.has("release-hold") && {
      key: "release",
      door: "release",
      label: "release",
      fields: [{ name: "reason", label: "reason", kind: "area", required: true }],
    },
    may.has("mark-duplicate") &&
      request.possibleDuplicates.length > 0 && {
        key: "duplicate",
        door: "duplicate",
        label: "duplicate",
        fields: [{ name: "of", label: "duplicate", kind: "duplicate", required: true }],
      },
    may.has("withdraw") && {
      key: "cancel",
      door: "cancel",
      label: "cancel",
      fields: [{ name: "note", label: "note", kind: "area" }],
    },
  ];
  return acts.filter((act): act is Act => act !== false);
}

/** Everything that can be done with the request now. */
export function Acts({ request }: { readonly request: Detail }) {
  const t = useWords(REQUESTS);
  const [open, setOpen] = useState<Act | null>(null);
  const acts = actsOf(request);
  if (acts.length === 0) return null;
  return (
    <Card title={t.acts}>
      <div className="stack acts" style={{ gap: 8 }}>
        {acts.map((act) => (
          <Button
            key={act.key}
            block
            type={act.primary === true ? "primary" : "default"}
            danger={act.danger === true}
            onClick={() => setOpen(act)}
          >
            {t[act.label]}
          </Button>
        ))}
      </div>
      {open !== null && <ActForm key={open.key} act={open} request={request} onClose={() => setOpen(null)} />}
    </Card>
  );
}

function ActForm(props: { readonly act: Act; readonly request: Detail; readonly onClose: () => void }) {
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

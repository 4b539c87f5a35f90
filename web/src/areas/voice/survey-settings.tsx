import { useMutation, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Form from "antd/es/form";
import Input from "antd/es/input";
import Modal from "antd/es/modal";
import Popconfirm from "antd/es/popconfirm";
import { useState } from "react";
import { patch } from "../../api.ts";
import { LANGUAGE_NAMES, LOCALES, type Locale, useWords } from "../../i18n.ts";
import { ProblemNote } from "../../parts/problem.tsx";
import type { SurveyDetail } from "./survey.tsx";
import { VOICE } from "./words.ts";

/** Renaming a survey, ending it and taking it up again. */
export function SurveySettings({ survey }: { readonly survey: SurveyDetail }) {
  const t = useWords(VOICE);
  const [naming, setNaming] = useState(false);
  const move = useChange(survey.id, () => {});
  return (
    <>
      <Button onClick={() => setNaming(true)}>{t.rename}</Button>
      {survey.state === "running" && (
        <Popconfirm
          title={t.endText}
          okText={t.end}
          onConfirm={() => move.mutate({ state: "ended" })}
          placement="bottomRight"
        >
          <Button>{t.end}</Button>
        </Popconfirm>
      )}
      {survey.state === "ended" && (
        <Button loading={move.isPending} onClick={() => move.mutate({ state: "running" })}>
          {t.takeUp}
        </Button>
      )}
      <ProblemNote error={move.error} />
      {naming && <Rename survey={survey} onClose={() => setNaming(false)} />}
    </>
  );
}

/** Changes a survey's name or state. */
function useChange(id: string, onDone: () => void) {
  const t = useWords(VOICE);
  const client = useQueryClient();
  const { message } = App.useApp();
  return useMutation({
    mutationFn: (next: { name?: Record<Locale, string>; state?: "running" | "ended" }) =>
      patch(`/v1/surveys/${id}`, next),
    onSuccess: () => {
      void message.success(t.saved);
      void client.invalidateQueries({ queryKey: ["survey", id] });
      void client.invalidateQueries({ queryKey: ["list", "/v1/surveys"] });
      onDone();
    },
  });
}

/** The name in all three languages. */
function Rename({ survey, onClose }: { readonly survey: SurveyDetail; readonly onClose: () => void }) {
  const t = useWords(VOICE);
  const [form] = Form.useForm<{ name: Record<Locale, string> }>();
  const rename = useChange(survey.id, onClose);
  return (
    <Modal
      open
      title={t.rename}
      okText={t.saveName}
      onCancel={onClose}
      onOk={() => form.submit()}
      okButtonProps={{ loading: rename.isPending }}
    >
      <ProblemNote error={rename.error} />
      <Form
        form={form}
        layout="vertical"
        initialValues={{ name: survey.name }}
        requiredMark={false}
        onFinish={({ name }) => rename.mutate({ name })}
      >
        {LOCALES.map((locale) => (
          <Form.Item
            key={locale}
            name={["name", locale]}
            label={LANGUAGE_NAMES[locale]}
            rules={[{ required: true }]}
          >
            <Input lang={locale} maxLength={200} autoComplete="off" />
          </Form.Item>
        ))}
      </Form>
    </Modal>
  );
}

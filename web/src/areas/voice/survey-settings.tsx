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
  const client = useQueryClient();
  const { message } = App.useApp();
  const [naming, setNaming] = useState(false);
  const [form] = Form.useForm<{ name: Record<Locale, string> }>();
  const change = useMutation({
    mutationFn: (next: { name?: Record<Locale, string>; state?: "running" | "ended" }) =>
      patch(`/v1/surveys/${survey.id}`, next),
    onSuccess: () => {
      setNaming(false);
      void message.success(t.saved);
      void client.invalidateQueries({ queryKey: ["survey", survey.id] });
      void client.invalidateQueries({ queryKey: ["list", "/v1/surveys"] });
    },
  });
  return (
    <>
      <Button onClick={() => setNaming(true)}>{t.rename}</Button>
      {survey.state === "running" && (
        <Popconfirm
          title={t.endText}
          okText={t.end}
          onConfirm={() => change.mutate({ state: "ended" })}
          placement="bottomRight"
        >
          <Button>{t.end}</Button>
        </Popconfirm>
      )}
      {survey.state === "ended" && (
        <Button onClick={() => change.mutate({ state: "running" })}>{t.takeUp}</Button>
      )}
      <Modal
        open={naming || change.error !== null}
        title={t.rename}
        okText={t.saveName}
        onCancel={() => {
          setNaming(false);
          change.reset();
        }}
        onOk={() => form.submit()}
        okButtonProps={{ loading: change.isPending }}
      >
        <ProblemNote error={change.error} />
        <Form
          form={form}
          layout="vertical"
          initialValues={{ name: survey.name }}
          requiredMark={false}
          onFinish={({ name }) => change.mutate({ name })}
        >
          <SurveyNames />
        </Form>
      </Modal>
    </>
  );
}

/** A survey's name in all three languages, inside a form. */
export function SurveyNames() {
  return LOCALES.map((locale) => (
    <Form.Item
      key={locale}
      name={["name", locale]}
      label={LANGUAGE_NAMES[locale]}
      rules={[{ required: true }]}
    >
      <Input lang={locale} maxLength={200} autoComplete="off" />
    </Form.Item>
  ));
}

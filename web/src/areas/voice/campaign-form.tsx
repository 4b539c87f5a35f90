import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Form from "antd/es/form";
import Input from "antd/es/input";
import InputNumber from "antd/es/input-number";
import Modal from "antd/es/modal";
import Select from "antd/es/select";
import type { Static } from "typebox";
import type { SegmentsSchema } from "../../../../src/segments/answers.schema.ts";
import { get, post } from "../../api.ts";
import { CHANNELS } from "../../codes/kinds.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useWords } from "../../i18n.ts";
import { ProblemNote } from "../../parts/problem.tsx";
import type { SurveyDetail } from "./survey.tsx";
import { VOICE } from "./words.ts";
import { ASKING } from "./words-asking.ts";

interface Given {
  readonly name: string;
  readonly channel: string;
  readonly audience: string;
  readonly segmentId?: string;
  readonly afterHours?: number | null;
  /** Per cent of the audience. */
  readonly sample?: number | null;
}

/** Whom to ask, by which way and when. Nothing is sent before the campaign is started. */
export function NewCampaign({
  survey,
  onClose,
}: {
  readonly survey: SurveyDetail;
  readonly onClose: () => void;
}) {
  const t = useWords(VOICE);
  const asking = useWords(ASKING);
  const channelOf = useCodes(CHANNELS);
  const client = useQueryClient();
  const [form] = Form.useForm<Given>();
  const audience = Form.useWatch("audience", form);
  const segments = useQuery({
    queryKey: ["segments"],
    queryFn: () => get<Static<typeof SegmentsSchema>>("/v1/segments"),
  });
  const add = useMutation({
    mutationFn: (given: Given) =>
      post("/v1/survey-campaigns", {
        name: given.name,
        surveyId: survey.id,
        kind: given.afterHours == null ? "once" : "event",
        channel: given.channel,
        settings: {
          audience:
            given.audience === "segment"
              ? { kind: "segment", segmentId: given.segmentId }
              : { kind: "everybody" },
          ...(given.sample == null || given.sample >= 100 ? {} : { sample: given.sample / 100 }),
          ...(given.afterHours == null
            ? {}
            : {
                trigger: {
                  event: "order.completed",
                  afterHours: given.afterHours,
                  unlessReturned: true,
                  latestHours: given.afterHours + 168,
                },
              }),
          again: given.afterHours == null ? "never" : "always",
          expiresDays: 30,
          reminders: true,
        },
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["list", "/v1/survey-campaigns"] });
      onClose();
    },
  });
  return (
    <Modal
      open
      title={t.newCampaign}
      okText={t.create}
      onCancel={onClose}
      onOk={() => form.submit()}
      okButtonProps={{ loading: add.isPending }}
    >
      <ProblemNote error={add.error} />
      <Form<Given>
        form={form}
        layout="vertical"
        initialValues={{ channel: "email", audience: "everybody" }}
        onFinish={(given) => add.mutate(given)}
      >
        <Form.Item name="name" label={t.name} rules={[{ required: true }]}>
          <Input />
        </Form.Item>
        <Form.Item name="channel" label={t.channelOf}>
          <Select
            options={["email", "sms", "line", "wechat"].map((value) => ({
              value,
              label: channelOf(value),
            }))}
          />
        </Form.Item>
        <Form.Item name="audience" label={t.audience}>
          <Select
            options={[
              { value: "everybody", label: t.everybody },
              { value: "segment", label: t.segment },
            ]}
          />
        </Form.Item>
        {audience === "segment" && (
          <Form.Item name="segmentId" label={t.segment} rules={[{ required: true }]}>
            <Select options={(segments.data?.items ?? []).map((s) => ({ value: s.id, label: s.name }))} />
          </Form.Item>
        )}
        <Form.Item name="sample" label={asking.askSample}>
          <InputNumber min={1} max={100} />
        </Form.Item>
        <Form.Item name="afterHours" label={t.after}>
          <InputNumber min={0} max={2160} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

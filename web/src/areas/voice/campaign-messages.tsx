import { useMutation, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Drawer from "antd/es/drawer";
import Popconfirm from "antd/es/popconfirm";
import Select from "antd/es/select";
import Tag from "antd/es/tag";
import { useState } from "react";
import type { Static } from "typebox";
import type { CampaignMessagesSchema } from "../../../../surveys/sending/answers.schema.ts";
import { post } from "../../api.ts";
import { CHANNELS, KINDS } from "../../codes/kinds.ts";
import { FAILURES } from "../../codes/reasons.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useWords, words } from "../../i18n.ts";
import { ServerList } from "../../parts/list.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useSession } from "../../session.ts";

type Message = Static<typeof CampaignMessagesSchema>["items"][number];

const MESSAGES = words({
  en: {
    messages: "Messages",
    at: "At",
    what: "What",
    channel: "By",
    state: "State",
    error: "Error",
    empty: "Nothing was sent yet. Start the campaign; what it sends appears here.",
    resend: "Send again",
    mayHaveArrived: "It may have arrived: then the member gets it twice.",
  },
  "zh-CN": {
    messages: "消息",
    at: "时间",
    what: "内容",
    channel: "渠道",
    state: "状态",
    error: "错误",
    empty: "还没有发送任何消息。启动活动后，发送内容会显示在此。",
    resend: "重新发送",
    mayHaveArrived: "该消息可能已送达，会员可能会收到两次。",
  },
  "zh-TW": {
    messages: "訊息",
    at: "時間",
    what: "內容",
    channel: "管道",
    state: "狀態",
    error: "錯誤",
    empty: "還沒有傳送任何訊息。啟動活動後，傳送內容會顯示在此。",
    resend: "重新傳送",
    mayHaveArrived: "該訊息可能已送達，會員可能會收到兩次。",
  },
});

const MESSAGE_STATES = ["queued", "sending", "sent", "kept", "unknown", "failed", "bounced"];

/** Opens what a campaign has sent, with what became of each message. */
export function CampaignMessages({ id, name }: { readonly id: string; readonly name: string }) {
  const t = useWords(MESSAGES);
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t.messages}
      </Button>
      <Drawer open={open} onClose={() => setOpen(false)} size="large" title={`${t.messages} · ${name}`}>
        {open && <Messages id={id} />}
      </Drawer>
    </>
  );
}

function Messages({ id }: { readonly id: string }) {
  const t = useWords(MESSAGES);
  const stateOf = useCodes(STATES);
  const kindOf = useCodes(KINDS);
  const channelOf = useCodes(CHANNELS);
  const failureOf = useCodes(FAILURES);
  const { time } = useFormats();
  const { account } = useSession();
  const client = useQueryClient();
  const [state, setState] = useState<string | null>(null);
  const path = `/v1/survey-campaigns/${id}/messages`;
  const resend = useMutation({
    mutationFn: (message: string) => post(`/v1/survey-messages/${message}/resend`),
    onSuccess: () => client.invalidateQueries({ queryKey: ["list", path] }),
  });
  const mayAct = account.role === "admin" || account.role === "cx";
  return (
    <div className="stack">
      <ProblemNote error={resend.error} />
      <ServerList<Message>
        label={t.messages}
        path={path}
        query={{ state }}
        rowKey={(row) => row.id}
        empty={t.empty}
        csv="messages"
        filters={
          <Select
            allowClear
            aria-label={t.state}
            placeholder={t.state}
            value={state}
            onChange={(value) => setState(value ?? null)}
            style={{ minWidth: 180 }}
            options={MESSAGE_STATES.map((value) => ({ value, label: stateOf(value) }))}
          />
        }
        columns={[
          { title: t.at, dataIndex: "at", render: time },
          { title: t.what, dataIndex: "kind", render: kindOf },
          { title: t.channel, dataIndex: "channel", render: channelOf },
          { title: t.state, dataIndex: "state", render: (v: string) => <Tag>{stateOf(v)}</Tag> },
          { title: t.error, dataIndex: "error", render: failureOf },
          {
            title: "",
            key: "act",
            render: (_, row) =>
              mayAct && row.state === "unknown" ? (
                <Popconfirm
                  title={t.mayHaveArrived}
                  okText={t.resend}
                  onConfirm={() => resend.mutateAsync(row.id).catch(() => {})}
                >
                  <Button size="small" loading={resend.isPending}>
                    {t.resend}
                  </Button>
                </Popconfirm>
              ) : null,
          },
        ]}
      />
    </div>
  );
}

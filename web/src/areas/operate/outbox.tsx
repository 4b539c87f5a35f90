import { useQuery } from "@tanstack/react-query";
import Modal from "antd/es/modal";
import Select from "antd/es/select";
import Tag from "antd/es/tag";
import { useState } from "react";
import type { Static } from "typebox";
import type { RevealReason } from "../../../../src/kernel/mask.ts";
import type { MailSchema, OutboxSchema } from "../../../../src/mail/answers.schema.ts";
import { get } from "../../api.ts";
import { TEMPLATES } from "../../codes/mail.ts";
import { FAILURES } from "../../codes/reasons.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { ServerList, useView } from "../../parts/list.tsx";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { Reveal } from "../../parts/reveal.tsx";
import { OPERATE } from "./words.ts";

type Item = Static<typeof OutboxSchema>["items"][number];

const COLOURS = {
  waiting: "blue",
  sending: "blue",
  sent: "green",
  kept: "gold",
  failed: "red",
  unknown: "orange",
} as const;

/** Mail that waits, was sent, failed, or is kept because no mail server is set. */
export function OutboxPage() {
  const t = useWords(OPERATE);
  const stateOf = useCodes(STATES);
  const templateOf = useCodes(TEMPLATES);
  const failureOf = useCodes(FAILURES);
  const { time } = useFormats();
  const [read, write] = useView();
  const state = read("state");
  const [open, setOpen] = useState<string | null>(null);
  const [reveal, setReveal] = useState<RevealReason>();
  const mail = useQuery({
    queryKey: ["mail", open, reveal],
    enabled: open !== null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => get<Static<typeof MailSchema>>(`/v1/outbox/${open}`, { reveal }),
  });
  const close = () => {
    setOpen(null);
    setReveal(undefined);
  };
  return (
    <PageBody title={t.outbox} lead={t.outboxLead}>
      <ServerList<Item>
        label={t.outbox}
        path="/v1/outbox"
        query={{ state }}
        rowKey={(row) => row.id}
        empty={t.emptyOutbox}
        csv="mail"
        filters={
          <Select
            allowClear
            aria-label={t.state}
            placeholder={t.state}
            value={state ?? null}
            onChange={(value) => write("state", value ?? undefined)}
            style={{ minWidth: 180 }}
            options={Object.keys(COLOURS).map((value) => ({ value, label: stateOf(value) }))}
          />
        }
        onOpen={(row) => setOpen(row.id)}
        columns={[
          { title: t.created, dataIndex: "createdAt", sort: "created", render: time },
          { title: t.template, dataIndex: "template", render: templateOf },
          {
            title: t.state,
            dataIndex: "state",
            render: (state: Item["state"]) => <Tag color={COLOURS[state]}>{stateOf(state)}</Tag>,
          },
          { title: t.attempts, dataIndex: "attempts", align: "right" },
          { title: t.error, dataIndex: "lastError", render: failureOf },
        ]}
      />
      <Modal open={open !== null} onCancel={close} footer={null} title={t.read} width={680}>
        <Loaded query={mail}>
          {(found) => (
            <>
              <p>
                <strong>{found.subject}</strong>
                <br />
                <span className="quiet">{found.to}</span>
              </p>
              {found.masked ? (
                <Reveal onReveal={setReveal} />
              ) : (
                <div style={{ whiteSpace: "pre-wrap" }}>
                  <WithLinks text={found.text} />
                </div>
              )}
            </>
          )}
        </Loaded>
      </Modal>
    </PageBody>
  );
}

/** A text whose addresses can be followed, as a mail program shows it. */
function WithLinks({ text }: { readonly text: string }) {
  return (
    <>
      {text.split(/(https?:\/\/[^\s<>"]+)/).map((part, i) =>
        i % 2 === 0 ? (
          part
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text keep their places
          <a key={i} href={part} target="_blank" rel="noreferrer">
            {part}
          </a>
        ),
      )}
    </>
  );
}

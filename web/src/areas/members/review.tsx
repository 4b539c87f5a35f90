import { useMutation, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Modal from "antd/es/modal";
import Radio from "antd/es/radio";
import Select from "antd/es/select";
import { useEffect, useState } from "react";
import { Link } from "react-router";
import type { Static } from "typebox";
import type { ReviewSchema } from "../../../../src/members/profile.schema.ts";
import { address, post } from "../../api.ts";
import { IDENTIFIERS } from "../../codes/kinds.ts";
import { RULE_WORDS } from "../../codes/reasons.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { ServerList } from "../../parts/list.tsx";
import { PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { lastPurpose, PurposeSelect } from "../../parts/purpose.tsx";
import { useView } from "../../parts/view.ts";
import { MemberFilter } from "./member-filter.tsx";
import { issued, type Outcome, OutcomePicture } from "./outcome.tsx";
import { MEMBERS } from "./words.ts";

type Item = Static<typeof ReviewSchema>["items"][number];
type Decision = "same-person" | "different-people" | "names-nobody";

/** Contested evidence, one decision each, with what it would do before it is done. */
export function ReviewPage() {
  const t = useWords(MEMBERS);
  const ruleOf = useCodes(RULE_WORDS);
  const identifierOf = useCodes(IDENTIFIERS);
  const { time } = useFormats();
  const kindOf = (row: Item) => issued(identifierOf(row.kind), row.issuer);
  const [read, write] = useView();
  const [item, setItem] = useState<Item | null>(null);
  return (
    <PageBody title={t.reviewTitle} lead={t.reviewLead}>
      <ServerList<Item>
        label={t.reviewTitle}
        path="/v1/review"
        cursor="after"
        query={{ member: read("member"), rule: read("rule") }}
        filters={
          <>
            <MemberFilter />
            <Select
              allowClear
              aria-label={t.rule}
              placeholder={t.rule}
              value={read("rule") ?? null}
              onChange={(value: string | null) => write("rule", value ?? undefined)}
              popupMatchSelectWidth={false}
              style={{ width: 260 }}
              options={Object.keys(RULE_WORDS).map((value) => ({ value, label: ruleOf(value) }))}
            />
          </>
        }
        rowKey={(row) => row.id}
        empty={t.emptyReview}
        csv="review"
        columns={[
          {
            title: t.kind,
            key: "kind",
            render: (_, row) => <div className="words">{kindOf(row)}</div>,
            csv: kindOf,
          },
          {
            title: t.parties,
            key: "parties",
            render: (_, row) => (
              <span className="row" style={{ gap: 6 }}>
                {[...new Set(row.parties.map((p) => p.memberId ?? p.subjectId))].slice(0, 4).map((id) => (
                  <Link key={id} className="mono" to={`/console/members/${id}?tab=identity`}>
                    …{id.slice(-6)}
                  </Link>
                ))}
                {row.partyCount > 4 && <span className="quiet">+{row.partyCount - 4}</span>}
              </span>
            ),
            csv: (row) => row.partyCount,
          },
          {
            title: t.rule,
            dataIndex: "rule",
            render: (rule: string) => <div className="words">{ruleOf(rule)}</div>,
          },
          { title: t.since, dataIndex: "since", render: time },
          {
            title: "",
            key: "act",
            render: (_, row) => <Button onClick={() => setItem(row)}>{t.decide}</Button>,
          },
        ]}
      />
      {item !== null && <Decide item={item} onClose={() => setItem(null)} />}
    </PageBody>
  );
}

function Decide({ item, onClose }: { readonly item: Item; readonly onClose: () => void }) {
  const t = useWords(MEMBERS);
  const ruleOf = useCodes(RULE_WORDS);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [decision, setDecision] = useState<Decision>("different-people");
  const [purpose, setPurpose] = useState(lastPurpose);
  const preview = useMutation({
    mutationFn: (next: Decision) =>
      post<Outcome>(address(`/v1/review/${item.id}`, { preview: true, purpose }), {
        decision: next,
      }),
  });
  const { mutate: look } = preview;
  // What the choice would do is shown at once, the first one's too; a purpose lets it say by what they are known.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another purpose asks the same door again.
  useEffect(() => look(decision), [look, decision, purpose]);
  const decide = useMutation({
    mutationFn: () => post<Outcome>(`/v1/review/${item.id}`, { decision }),
    onSuccess: () => {
      void message.success(t.splitDone);
      void client.invalidateQueries();
      onClose();
    },
  });
  const options: readonly (readonly [Decision, string])[] = [
    ["same-person", t.same],
    ["different-people", t.different],
    ["names-nobody", t.nobody],
  ];
  return (
    <Modal
      open
      width={820}
      title={t.decide}
      okText={t.confirm}
      okButtonProps={{ disabled: preview.data === undefined, loading: decide.isPending }}
      onOk={() => decide.mutate()}
      onCancel={onClose}
    >
      <p>{ruleOf(item.rule)}</p>
      <Radio.Group
        value={decision}
        onChange={(event) => setDecision(event.target.value as Decision)}
        options={options.map(([value, label]) => ({ value, label }))}
      />
      <div className="stack" style={{ marginTop: 16 }}>
        <div className="row">
          <PurposeSelect value={purpose} onChange={setPurpose} />
          {purpose === undefined && <span className="quiet">{t.lookFor}</span>}
        </div>
        <ProblemNote error={preview.error ?? decide.error} />
        {preview.data !== undefined && (
          <>
            <p style={{ margin: 0 }}>
              {say(t.preview, { before: preview.data.before.length, count: preview.data.after.length })}
            </p>
            <OutcomePicture outcome={preview.data} />
          </>
        )}
      </div>
    </Modal>
  );
}

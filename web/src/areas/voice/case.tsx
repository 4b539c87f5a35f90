import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Drawer from "antd/es/drawer";
import Input from "antd/es/input";
import Select from "antd/es/select";
import Tag from "antd/es/tag";
import { useState } from "react";
import type { Static } from "typebox";
import type { CaseDetailSchema, CaseSchema } from "../../../../surveys/cases/answers.schema.ts";
import { get, patch } from "../../api.ts";
import { ACTORS } from "../../codes/kinds.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useLocale, useWords } from "../../i18n.ts";
import { Loaded } from "../../parts/page.tsx";
import { Pair } from "../../parts/pair.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useStoreName } from "../../parts/stores.ts";
import { useSession } from "../../session.ts";
import { VOICE } from "./words.ts";
import { ASKING, inWords } from "./words-asking.ts";

/** A member whom somebody should call, in a list. */
export type Case = Static<typeof CaseSchema>;
type CaseDetail = Static<typeof CaseDetailSchema>;

const OUTCOMES = [
  "resolved",
  "apologised",
  "refunded",
  "replaced",
  "escalated",
  "not-reachable",
  "no-contact-wanted",
  "no-action",
] as const;
/** The colour of a state. */
export const COLOURS = { open: "red", contacted: "blue", closed: "default" } as const;

/** One case: what was said, what it is about, and everything that can be done. */
export function CaseDrawer({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const t = useWords(VOICE);
  const asking = useWords(ASKING);
  const locale = useLocale();
  const { time, money } = useFormats();
  const storeOf = useStoreName();
  const { account } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const actorOf = useCodes(ACTORS);
  /** Oneself by name; others by the end of their id, as the audit log names them. */
  const writerOf = (by: string) => {
    const [kind = "", who = ""] = by.split(":");
    return who === account.id ? account.name : `${actorOf(kind)} …${who.slice(-6)}`;
  };
  const [note, setNote] = useState("");
  const [outcome, setOutcome] = useState<string>("resolved");
  const found = useQuery({
    queryKey: ["case", id],
    queryFn: () => get<CaseDetail>(`/v1/survey-cases/${id}`),
  });
  const change = useMutation({
    mutationFn: (body: object) => patch(`/v1/survey-cases/${id}`, body),
    onSuccess: () => {
      setNote("");
      void message.success(t.noted);
      void client.invalidateQueries();
    },
  });
  return (
    <Drawer
      open
      onClose={onClose}
      size="large"
      title={
        found.data === undefined
          ? t.cases
          : found.data.reasons.map((reason) => inWords(asking, reason)).join(", ")
      }
    >
      <Loaded query={found}>
        {(c) => (
          <div className="stack">
            <ProblemNote error={change.error} />
            <div className="row">
              <Tag color={COLOURS[c.state]}>{t[c.state]}</Tag>
              {c.late && <Tag color="red">{t.late}</Tag>}
              <span className="quiet">
                {t.due} {time(c.dueAt)}
              </span>
              <span className="quiet">
                {[c.surveyName?.[locale] ?? c.surveyId, c.store === null ? null : storeOf(c.store), c.owner]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </div>
            <Card size="small" title={t.answer}>
              {c.answers === null ? (
                <span className="quiet">–</span>
              ) : (
                <Pairs value={c.answers} nameOf={(name) => c.questions[name]?.[locale] ?? name} />
              )}
            </Card>
            <Card size="small" title={t.contact}>
              {c.contact === null ? (
                <span className="quiet">{t.noContact}</span>
              ) : (
                <span style={{ whiteSpace: "pre-wrap" }}>{c.contact}</span>
              )}
            </Card>
            {c.order !== null && (
              <Card size="small" title={t.purchase}>
                {time(c.order.orderedAt)} · {storeOf(c.order.store)} ·{" "}
                {money(c.order.netMinor, c.order.currency)} · {c.order.categories.join(", ")}
              </Card>
            )}
            <Card size="small" title={t.notes}>
              {c.notes.map((n) => (
                <p key={n.id} style={{ marginTop: 0 }}>
                  <span className="quiet">
                    {time(n.at)} · {writerOf(n.by)}
                  </span>
                  <br />
                  {n.text}
                </p>
              ))}
              <Input.TextArea
                aria-label={t.addNote}
                placeholder={t.addNote}
                value={note}
                onChange={(event) => setNote(event.target.value)}
                rows={2}
              />
              <Button
                style={{ marginTop: 8 }}
                disabled={note.trim() === ""}
                loading={change.isPending}
                onClick={() => change.mutate({ note })}
              >
                {t.addNote}
              </Button>
            </Card>
            <div className="row">
              {c.owner === null && c.state !== "closed" && (
                <Button onClick={() => change.mutate({ owner: account.name })}>{t.take}</Button>
              )}
              {c.state === "open" && (
                <Button type="primary" onClick={() => change.mutate({ move: "contact" })}>
                  {t.called}
                </Button>
              )}
              {c.state !== "closed" ? (
                <>
                  <Select
                    aria-label={t.outcome}
                    value={outcome}
                    onChange={setOutcome}
                    style={{ minWidth: 170 }}
                    options={OUTCOMES.map((value) => ({ value, label: inWords(asking, value) }))}
                  />
                  <Button onClick={() => change.mutate({ move: "close", outcome })}>{t.close}</Button>
                </>
              ) : (
                <Button onClick={() => change.mutate({ move: "reopen" })}>{t.reopen}</Button>
              )}
            </div>
          </div>
        )}
      </Loaded>
    </Drawer>
  );
}

/** Answers, each under the words that asked for it. */
function Pairs(props: {
  readonly value: Readonly<Record<string, unknown>>;
  readonly nameOf: (name: string) => string;
}) {
  return (
    <dl className="kv">
      {Object.entries(props.value).map(([name, inner]) => (
        <Pair key={name} term={props.nameOf(name)}>
          <span style={{ whiteSpace: "pre-wrap" }}>{inSentence(inner)}</span>
        </Pair>
      ))}
    </dl>
  );
}

/** An answer as one line: several choices are listed, a matrix row by row. */
function inSentence(value: unknown): string {
  if (Array.isArray(value)) return value.map(inSentence).join(", ");
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .map(([name, inner]) => `${name}: ${inSentence(inner)}`)
      .join("; ");
  return value == null ? "–" : String(value);
}

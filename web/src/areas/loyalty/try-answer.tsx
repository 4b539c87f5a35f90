import { useMutation, useQuery } from "@tanstack/react-query";
import Button from "antd/es/button";
import Card from "antd/es/card";
import InputNumber from "antd/es/input-number";
import Select from "antd/es/select";
import { useState } from "react";
import type { Static } from "typebox";
import type { WhatIfSchema } from "../../../../src/loyalty/answers.schema.ts";
import { address, post } from "../../api.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { ProblemNote } from "../../parts/problem.tsx";
import type { useLevelNames } from "./use-rules.ts";
import { LOYALTY } from "./words.ts";

type WhatIf = Static<typeof WhatIfSchema>;

/** Scales on which members answer. */
const SCALES = { nps: [0, 10], csat: [1, 5], ces: [1, 7], comparative: [0, 10] } as const;
type Answered = keyof typeof SCALES;

const isAnswer = (kind: string): kind is Answered => kind in SCALES;

/** What one more answer, or the return of an order, would make of the level. Nothing is kept. */
export function TryAnswer(props: { readonly id: string; readonly names: ReturnType<typeof useLevelNames> }) {
  const t = useWords(LOYALTY);
  const { number, money, date } = useFormats();
  const [kind, setKind] = useState<Answered | "return">("nps");
  const [score, setScore] = useState<number>(9);
  const [order, setOrder] = useState<string | null>(null);
  const ask = (body: object) =>
    post<WhatIf>(address(`/v1/members/${props.id}/loyalty/what-if`, { purpose: "profiling" }), body);
  const orders = useQuery({
    queryKey: ["loyalty", props.id, "orders"],
    queryFn: () => ask({}),
    enabled: kind === "return",
    select: (answer) => answer.orders,
  });
  const attempt = useMutation({
    mutationFn: () =>
      ask(isAnswer(kind) ? { answers: [{ kind, score, relational: true }] } : { returnOrder: order }),
  });
  const shown = (level: WhatIf["after"]) =>
    level === null
      ? "–"
      : [
          level.scoreMicro === null ? t.notScored : number(level.scoreMicro / 1e6, 2),
          level.condition === null ? "" : props.names.level("condition", level.condition),
          ...Object.entries(level.tiers).map(([of, tier]) => props.names.level(of, tier)),
        ]
          .filter((part) => part !== "")
          .join(" · ");
  return (
    <Card title={t.whatIf}>
      <div className="row">
        <Select<Answered | "return">
          aria-label={t.answerKind}
          value={kind}
          popupMatchSelectWidth={false}
          options={[
            { value: "nps", label: t.nps },
            { value: "csat", label: t.csat },
            { value: "ces", label: t.ces },
            { value: "comparative", label: t.comparative },
            { value: "return", label: t.returning },
          ]}
          onChange={(next) => {
            setKind(next);
            if (isAnswer(next)) setScore(SCALES[next][1]);
            attempt.reset();
          }}
        />
        {isAnswer(kind) ? (
          <InputNumber<number>
            aria-label={t.answerScore}
            value={score}
            min={SCALES[kind][0]}
            max={SCALES[kind][1]}
            precision={0}
            onChange={(value) => {
              if (value === null) return;
              setScore(value);
              attempt.reset();
            }}
          />
        ) : (
          <Select<string | null>
            aria-label={t.whichOrder}
            placeholder={t.whichOrder}
            value={order}
            loading={orders.isPending}
            notFoundContent={t.noOrders}
            popupMatchSelectWidth={false}
            style={{ minWidth: 220 }}
            options={(orders.data ?? []).map((o) => ({
              value: o.key,
              label: [date(o.orderedAt), o.storeId, money(o.netMinor, o.currency)]
                .filter(Boolean)
                .join(" · "),
            }))}
            onChange={(next) => {
              setOrder(next);
              attempt.reset();
            }}
          />
        )}
        <Button
          onClick={() => attempt.mutate()}
          loading={attempt.isPending}
          disabled={kind === "return" && order === null}
        >
          {t.tryIt}
        </Button>
        <span aria-live="polite">
          {attempt.data !== undefined &&
            say(t.wouldBe, { now: shown(attempt.data.now), after: shown(attempt.data.after) })}
        </span>
      </div>
      <ProblemNote error={orders.error ?? attempt.error} />
    </Card>
  );
}

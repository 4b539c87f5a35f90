import { useMutation } from "@tanstack/react-query";
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

type Tried = NonNullable<Static<typeof WhatIfSchema>["after"]>;

/** Scales on which members answer. */
const SCALES = { nps: [0, 10], csat: [1, 5], ces: [1, 7], comparative: [0, 10] } as const;
type Kind = keyof typeof SCALES;

/** What one more answer would make of the level. Nothing is kept. */
export function TryAnswer(props: { readonly id: string; readonly names: ReturnType<typeof useLevelNames> }) {
  const t = useWords(LOYALTY);
  const { number } = useFormats();
  const [kind, setKind] = useState<Kind>("nps");
  const [score, setScore] = useState<number>(9);
  const attempt = useMutation({
    mutationFn: () =>
      post<Static<typeof WhatIfSchema>>(
        address(`/v1/members/${props.id}/loyalty/what-if`, { purpose: "profiling" }),
        { answers: [{ kind, score, relational: true }] },
      ),
  });
  const [low, high] = SCALES[kind];
  const shown = (level: Tried | null) =>
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
        <Select<Kind>
          aria-label={t.answerKind}
          value={kind}
          popupMatchSelectWidth={false}
          options={[
            { value: "nps", label: t.nps },
            { value: "csat", label: t.csat },
            { value: "ces", label: t.ces },
            { value: "comparative", label: t.comparative },
          ]}
          onChange={(next) => {
            setKind(next);
            setScore(SCALES[next][1]);
            attempt.reset();
          }}
        />
        <InputNumber<number>
          aria-label={t.answerScore}
          value={score}
          min={low}
          max={high}
          precision={0}
          onChange={(value) => {
            if (value === null) return;
            setScore(value);
            attempt.reset();
          }}
        />
        <Button onClick={() => attempt.mutate()} loading={attempt.isPending}>
          {t.tryIt}
        </Button>
        <span aria-live="polite">
          {attempt.data !== undefined &&
            say(t.wouldBe, { now: shown(attempt.data.now), after: shown(attempt.data.after) })}
        </span>
      </div>
      <ProblemNote error={attempt.error} />
    </Card>
  );
}

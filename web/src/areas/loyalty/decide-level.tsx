import { useMutation, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Input from "antd/es/input";
import Select from "antd/es/select";
import { useState } from "react";
import type { Rules } from "../../../../src/loyalty/rules.ts";
import { post } from "../../api.ts";
import { DECISION_REASONS } from "../../codes/levels.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useLocale, useWords } from "../../i18n.ts";
import { ProblemNote } from "../../parts/problem.tsx";
import { LOYALTY } from "./words.ts";

/** A person looks at the level: the member's wish is noted, and an officer confirms it or sets a tier until a day. */
export function DecideLevel(props: {
  readonly id: string;
  readonly mayDecide: boolean;
  readonly structures: Rules["structures"];
}) {
  const t = useWords(LOYALTY);
  const locale = useLocale();
  const reasonOf = useCodes(DECISION_REASONS);
  const { message } = App.useApp();
  const client = useQueryClient();
  const { id, mayDecide, structures } = props;
  const [reason, setReason] = useState<string | null>(null);
  /** `structure tier`; null: the level is confirmed as it is. */
  const [tier, setTier] = useState<string | null>(null);
  const [until, setUntil] = useState("");
  const told = (text: string) => {
    void message.success(text);
    void client.invalidateQueries({ queryKey: ["loyalty", id] });
  };
  const review = useMutation({
    mutationFn: () => post(`/v1/members/${id}/loyalty/reviews`),
    onSuccess: () => told(t.reviewed),
  });
  const decide = useMutation({
    mutationFn: () => {
      const [structure, name] = (tier ?? "").split(" ");
      return post(`/v1/members/${id}/loyalty/decisions`, {
        reason,
        ...(tier === null ? {} : { override: { structure, tier: name, until } }),
      });
    },
    onSuccess: () => {
      setReason(null);
      setTier(null);
      setUntil("");
      told(t.decided);
    },
  });
  const tiers = structures.map((s) => ({
    label: s.name[locale],
    options: [s.base, ...s.tiers].map((rung) => ({ value: `${s.id} ${rung.id}`, label: rung.name[locale] })),
  }));
  return (
    <Card title={t.byPerson}>
      <div className="stack">
        <div className="row">
          <Button onClick={() => review.mutate()} loading={review.isPending}>
            {t.review}
          </Button>
        </div>
        {mayDecide && (
          <div className="row">
            <Select<string>
              aria-label={t.reason}
              placeholder={t.reason}
              value={reason}
              popupMatchSelectWidth={false}
              style={{ minWidth: 200 }}
              options={Object.keys(DECISION_REASONS).map((value) => ({ value, label: reasonOf(value) }))}
              onChange={setReason}
            />
            <Select<string | null>
              aria-label={t.setTier}
              placeholder={t.asItIs}
              value={tier}
              allowClear
              popupMatchSelectWidth={false}
              style={{ minWidth: 180 }}
              options={tiers}
              onChange={(next) => setTier(next ?? null)}
            />
            {tier !== null && (
              <Input
                type="date"
                aria-label={t.until}
                value={until}
                style={{ width: 160 }}
                onChange={(event) => setUntil(event.target.value)}
              />
            )}
            <Button
              type="primary"
              disabled={reason === null || (tier !== null && until === "")}
              loading={decide.isPending}
              onClick={() => decide.mutate()}
            >
              {tier === null ? t.confirmLevel : t.setLevel}
            </Button>
          </div>
        )}
        <ProblemNote error={review.error ?? decide.error} />
      </div>
    </Card>
  );
}

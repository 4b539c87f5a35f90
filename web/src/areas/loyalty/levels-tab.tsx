import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import type { Static } from "typebox";
import type { LevelsSchema, MovedSchema } from "../../../../src/loyalty/answers.schema.ts";
import { get, post } from "../../api.ts";
import { say, useFormats, useLocale, useWords } from "../../i18n.ts";
import { Figure } from "../../parts/figure.tsx";
import { Loaded } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useSession } from "../../session.ts";
import { useLevelNames, useRules } from "./use-rules.ts";
import { LOYALTY } from "./words.ts";

/** Groups of fewer are not told. */
const FEW = "< 5";

/** How many members are in each condition and tier. */
export function LevelsTab() {
  const t = useWords(LOYALTY);
  const locale = useLocale();
  const { number } = useFormats();
  const { account } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const rules = useRules();
  const levels = useQuery({
    queryKey: ["levels"],
    queryFn: () => get<Static<typeof LevelsSchema>>("/v1/loyalty/levels"),
  });
  const score = useMutation({
    mutationFn: () => post<Static<typeof MovedSchema>>("/v1/loyalty/scores"),
    onSuccess: ({ moved }) => {
      void message.success(say(t.moved, { count: moved }));
      void client.invalidateQueries({ queryKey: ["levels"] });
    },
  });
  const r = rules.data?.rules;
  const names = useLevelNames(r);
  /** Analysts see how many, not who. */
  const listed = (of: string) =>
    account.role === "analyst" ? {} : { to: `/console/loyalty?tab=members&${of}` };
  return (
    <Loaded query={levels}>
      {({ items }) => {
        const counted = (name: string) => {
          const found = items.find((i) => i.of === "condition" && i.name === name);
          if (found === undefined) return "0";
          return found.members === null ? FEW : number(found.members);
        };
        const cell = (name: string, attitude: string, behaviour: string) => (
          <Figure
            label={names.level("condition", name)}
            value={counted(name)}
            {...listed(`condition=${name}`)}
            note={`${t.attitude}: ${attitude} · ${t.behaviour}: ${behaviour}`}
          />
        );
        return (
          <div className="stack">
            <Card
              title={t.matrix}
              extra={
                account.role === "admin" && (
                  <Button onClick={() => score.mutate()} loading={score.isPending}>
                    {t.scoreAll}
                  </Button>
                )
              }
            >
              <ProblemNote error={score.error} />
              <div style={{ display: "grid", gap: 16, gridTemplateColumns: "repeat(2, minmax(0, 1fr))" }}>
                {cell("latent", t.high, t.low)}
                {cell("true", t.high, t.high)}
                {cell("none", t.low, t.low)}
                {cell("spurious", t.low, t.high)}
              </div>
              <p className="quiet" style={{ marginBottom: 0 }}>
                {say(t.unplaced, { count: counted("unknown") })}
              </p>
            </Card>
            {r?.structures.map((structure) => (
              <Card key={structure.id} title={structure.name[locale]}>
                <div className="grid">
                  {[structure.base, ...structure.tiers].map((tier) => {
                    const found = items.find(
                      (i) => i.of === "tier" && i.structure === structure.id && i.name === tier.id,
                    );
                    return (
                      <Figure
                        key={tier.id}
                        label={tier.name[locale]}
                        value={
                          found === undefined ? "0" : found.members === null ? FEW : number(found.members)
                        }
                        note={t.members}
                        {...listed(`tier=${structure.id}+${tier.id}`)}
                      />
                    );
                  })}
                </div>
              </Card>
            ))}
          </div>
        );
      }}
    </Loaded>
  );
}

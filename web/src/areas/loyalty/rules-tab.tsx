import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Segmented from "antd/es/segmented";
import { useState } from "react";
import type { Static } from "typebox";
import type { PublishedSchema } from "../../../../src/loyalty/answers.schema.ts";
import type { Rules } from "../../../../src/loyalty/rules.ts";
import { get, Problem, post } from "../../api.ts";
import { say, useWords } from "../../i18n.ts";
import { JsonArea, useJsonText } from "../../parts/json-area.tsx";
import { Loaded } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { PARTS } from "../../parts/words.ts";
import { useSession } from "../../session.ts";
import { type PreviewResult, RulesPreview } from "./rules-preview.tsx";
import { WritingProvider } from "./settings/fields.tsx";
import { RulesForm } from "./settings/rules-form.tsx";
import { RULE_WORDS } from "./settings/words.ts";
import { useRules } from "./use-rules.ts";
import { LOYALTY } from "./words.ts";

/** The rules of the programme, with who would move before others are published. */
export function RulesTab() {
  const rules = useRules();
  const schema = useQuery({
    queryKey: ["loyalty-rules-schema"],
    queryFn: () => get<unknown>("/v1/loyalty/rules/schema"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Loaded query={rules}>
      {(found) => (
        <Loaded query={schema}>
          {(limits) => <RulesEditor key={found.version} rules={found.rules} schema={limits} />}
        </Loaded>
      )}
    </Loaded>
  );
}

function RulesEditor({ rules, schema }: { readonly rules: Rules; readonly schema: unknown }) {
  const t = useWords(LOYALTY);
  const w = useWords(RULE_WORDS);
  const p = useWords(PARTS);
  const { account } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [draft, setDraft] = useState<unknown>(rules);
  const [asJson, setAsJson] = useState(false);
  /** Whether the text is no JSON at the moment: the draft is then what it was before. */
  const [isBroken, setBroken] = useState(false);
  const look = useMutation({
    mutationFn: (asked: unknown) => post<PreviewResult>("/v1/loyalty/rules/preview", { rules: asked }),
  });
  const publish = useMutation({
    mutationFn: () => post<Static<typeof PublishedSchema>>("/v1/loyalty/rules", { rules: draft }),
    onSuccess: ({ version }) => {
      void message.success(say(t.published, { version }));
      void client.invalidateQueries();
    },
  });
  const write = (next: unknown) => {
    setDraft(next);
    look.reset();
    publish.reset();
  };
  const mayLook = account.role === "admin" || account.role === "cx";
  const isChanged = JSON.stringify(draft) !== JSON.stringify(rules);
  const refused = look.error instanceof Problem && look.error.code === "invalid-request" ? look.error : null;
  return (
    <div className="stack">
      <Card className="set-bar">
        <p className="quiet" style={{ marginTop: 0 }}>
          {w.lead}
        </p>
        <div className="row">
          <Segmented
            value={asJson ? "json" : "form"}
            disabled={isBroken}
            onChange={(view) => setAsJson(view === "json")}
            options={[
              { value: "form", label: p.asForm },
              { value: "json", label: p.asJson },
            ]}
          />
          {mayLook && (
            <Button
              type="primary"
              disabled={isBroken}
              loading={look.isPending}
              onClick={() => look.mutate(draft)}
            >
              {t.preview}
            </Button>
          )}
          {account.role === "admin" && (
            <Button
              danger
              disabled={look.data === undefined || !isChanged || isBroken}
              loading={publish.isPending}
              onClick={() => publish.mutate()}
            >
              {t.publish}
            </Button>
          )}
          {isChanged && (
            <>
              <Button
                disabled={isBroken}
                onClick={() => {
                  write(rules);
                  setAsJson(false);
                }}
              >
                {w.reset}
              </Button>
              <span>{w.changed}</span>
            </>
          )}
        </div>
        {(look.error ?? publish.error) !== null && (
          <div style={{ marginTop: 12 }}>
            <ProblemNote error={look.error ?? publish.error} />
          </div>
        )}
      </Card>
      {look.data !== undefined && <RulesPreview result={look.data} rules={draft as Rules} />}
      {asJson ? (
        <Card>
          <AsJson
            rules={draft}
            readOnly={!mayLook}
            onEdit={(next) => {
              setBroken(next === undefined);
              if (next !== undefined) write(next);
            }}
          />
        </Card>
      ) : (
        <WritingProvider
          value={{ rules: draft, schema, faults: refused?.errors ?? [], readOnly: !mayLook, write }}
        >
          <RulesForm />
        </WritingProvider>
      )}
    </div>
  );
}

/** The same rules as text. */
function AsJson(props: {
  readonly rules: unknown;
  readonly readOnly: boolean;
  readonly onEdit: (rules: unknown) => void;
}) {
  const t = useWords(LOYALTY);
  const json = useJsonText(props.rules);
  return <JsonArea label={t.rules} json={json} readOnly={props.readOnly} onEdit={props.onEdit} />;
}

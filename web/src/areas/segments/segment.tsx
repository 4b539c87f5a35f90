import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Input from "antd/es/input";
import Segmented from "antd/es/segmented";
import Select from "antd/es/select";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import type { Static } from "typebox";
import type { SegmentPreviewSchema } from "../../../../src/segments/answers.schema.ts";
import { get, Problem, patch, post } from "../../api.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { JsonArea, useJsonText } from "../../parts/json-area.tsx";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { usePaused } from "../../parts/paused.ts";
import { ProblemNote } from "../../parts/problem.tsx";
import { PARTS } from "../../parts/words.ts";
import { useSession } from "../../session.ts";
import { RuleBuilder } from "./rule-builder.tsx";
import { readRule, writeRule } from "./rule-tree.ts";
import type { Count, Segment } from "./segments.tsx";
import { useVocabulary, type Vocabulary } from "./vocabulary.ts";
import { SEGMENTS } from "./words.ts";

type Counts = Static<typeof SegmentPreviewSchema>;

/** What a new segment begins with: people who have come back lately. */
const FIRST_RULE = {
  all: [
    { measure: "orders", atLeast: 2 },
    { measure: "daysSinceLastOrder", atMost: 90 },
  ],
};

interface Written extends Pick<Segment, "name" | "rule"> {
  /** Null: the first that the person may name. */
  readonly purpose: string | null;
}

const NEW: Written = { name: "", purpose: null, rule: FIRST_RULE };

/** Writes the rule of a segment, new or known, and counts whom it fits meanwhile. */
export function SegmentPage() {
  const t = useWords(SEGMENTS);
  const { id = "new" } = useParams();
  const isNew = id === "new";
  const known = useQuery({
    queryKey: ["segment", id],
    queryFn: () => get<Segment>(`/v1/segments/${id}`),
    enabled: !isNew,
  });
  const vocabulary = useVocabulary();
  return (
    <PageBody title={isNew ? t.add : t.changing} lead={t.purposeText}>
      <Loaded query={vocabulary}>
        {(words) =>
          isNew ? (
            <Writing id={null} begin={NEW} vocabulary={words} />
          ) : (
            <Loaded query={known}>
              {(segment) => <Writing key={segment.id} id={segment.id} begin={segment} vocabulary={words} />}
            </Loaded>
          )
        }
      </Loaded>
    </PageBody>
  );
}

function Writing(props: {
  readonly id: string | null;
  readonly begin: Written;
  readonly vocabulary: Vocabulary;
}) {
  const t = useWords(SEGMENTS);
  const p = useWords(PARTS);
  const { message } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { account } = useSession();
  const { id, begin, vocabulary } = props;
  const [name, setName] = useState(begin.name);
  const mine = vocabulary.purposes.filter(
    ({ value }) => account.purposes.includes("*") || account.purposes.includes(value),
  );
  const [purpose, setPurpose] = useState(begin.purpose ?? mine[0]?.value ?? "");
  const [rule, setRule] = useState<unknown>(begin.rule);
  const [asJson, setAsJson] = useState(false);
  /** Whether the text is no JSON at the moment: the rule is then what it was before. */
  const [isBroken, setBroken] = useState(false);
  const asked = usePaused({ purpose, rule });
  const count = useQuery({
    queryKey: ["segment-count", asked],
    queryFn: () => post<Counts>("/v1/segments/preview", asked),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const save = useMutation({
    mutationFn: () =>
      id === null
        ? post("/v1/segments", { name, purpose, rule })
        : patch(`/v1/segments/${id}`, { name, purpose, rule }),
    onSuccess: () => {
      void message.success(t.kept);
      void client.invalidateQueries({ queryKey: ["list", "/v1/segments"] });
      void client.invalidateQueries({ queryKey: ["segment"] });
      void navigate("/console/segments");
    },
  });
  const refused =
    count.error instanceof Problem && count.error.code === "invalid-request" ? count.error : null;
  const tree = readRule(rule);
  return (
    <div className="two">
      <Card
        title={t.ruleText}
        extra={
          <Segmented
            value={asJson ? "json" : "form"}
            disabled={isBroken}
            onChange={(view) => setAsJson(view === "json")}
            options={[
              { value: "form", label: p.asForm },
              { value: "json", label: p.asJson },
            ]}
          />
        }
      >
        {asJson ? (
          <AsJson
            rule={rule}
            onEdit={(next) => {
              setBroken(next === undefined);
              if (next !== undefined) setRule(next);
            }}
          />
        ) : tree === null ? (
          <p>{t.notReadable}</p>
        ) : (
          <RuleBuilder
            rule={tree}
            vocabulary={vocabulary}
            faults={refused?.errors ?? []}
            onChange={(next) => setRule(writeRule(next))}
          />
        )}
      </Card>
      <Card className="seg-side">
        <div className="stack">
          <div className="seg-field">
            <span aria-hidden className="quiet">
              {t.name}
            </span>
            <Input
              value={name}
              aria-label={t.name}
              maxLength={100}
              onChange={(event) => setName(event.target.value)}
            />
          </div>
          <div className="seg-field">
            <span aria-hidden className="quiet">
              {t.purpose}
            </span>
            <Select
              value={purpose}
              aria-label={t.purpose}
              options={mine}
              style={{ width: "100%" }}
              onChange={setPurpose}
            />
          </div>
          <Counted
            result={count.isError ? undefined : count.data}
            isRefused={refused !== null}
            isCounting={count.isFetching}
          />
          {refused === null && <ProblemNote error={count.error} />}
          <ProblemNote error={save.error} />
          <Button
            type="primary"
            disabled={name.trim() === "" || count.isError || isBroken}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            {id === null ? t.save : t.keep}
          </Button>
        </div>
      </Card>
    </div>
  );
}

/** The same rule as text. */
function AsJson({ rule, onEdit }: { readonly rule: unknown; readonly onEdit: (rule: unknown) => void }) {
  const t = useWords(SEGMENTS);
  return <JsonArea label={t.rule} json={useJsonText(rule)} onEdit={onEdit} />;
}

/** Whom the rule fits now, as far as that may be told. */
function Counted(props: {
  readonly result: Counts | undefined;
  readonly isRefused: boolean;
  readonly isCounting: boolean;
}) {
  const t = useWords(SEGMENTS);
  const { number } = useFormats();
  const shown = ({ count }: Count) => (count === null ? t.fewer : number(count));
  return (
    <div aria-live="polite" aria-busy={props.isCounting}>
      {props.isRefused ? (
        <p style={{ margin: 0 }}>{t.unfinished}</p>
      ) : props.result === undefined ? (
        <p style={{ margin: 0 }}>{t.counting}</p>
      ) : (
        <>
          <div style={{ fontSize: 26, fontWeight: 650 }}>{shown(props.result.members)}</div>
          <div>{t.fits}</div>
          <div className="quiet">{say(t.among, { among: shown(props.result.among) })}</div>
          {props.result.members.count === null && <p className="quiet">{t.small}</p>}
        </>
      )}
    </div>
  );
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Alert from "antd/es/alert";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Popconfirm from "antd/es/popconfirm";
import Skeleton from "antd/es/skeleton";
import { lazy, Suspense } from "react";
import { useParams } from "react-router";
import type { Static } from "typebox";
import type { WriteKeySchema } from "../../../../pipelines/registry/source.schema.ts";
import { get, patch, post } from "../../api.ts";
import { CHANNELS, SOURCE_KINDS } from "../../codes/kinds.ts";
import { MAPPING_WARNING_WORDS } from "../../codes/mapping-warnings.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { usePurposeName } from "../../parts/purpose.tsx";
import { ShownOnce } from "../../parts/secret.tsx";
import { useSession } from "../../session.ts";
import type { Source } from "./sources.tsx";
import { useFieldName } from "./use-reason.ts";
import { OPERATE } from "./words.ts";

const Mapping = lazy(async () => ({ default: (await import("./mapping.tsx")).Mapping }));

/** One source: its settings, its mapping tried on a file, its keys. */
export function SourcePage() {
  const { id = "" } = useParams();
  const source = useQuery({ queryKey: ["source", id], queryFn: () => get<Source>(`/v1/sources/${id}`) });
  return <Loaded query={source}>{(found) => <Shown key={found.id} source={found} />}</Loaded>;
}

function Shown({ source }: { readonly source: Source }) {
  const t = useWords(OPERATE);
  const kindOf = useCodes(SOURCE_KINDS);
  const channelOf = useCodes(CHANNELS);
  const stateOf = useCodes(STATES);
  const warningOf = useCodes(MAPPING_WARNING_WORDS);
  const nameOf = useFieldName();
  const purposeOf = usePurposeName();
  const { date } = useFormats();
  const { account } = useSession();
  const client = useQueryClient();
  const isAdmin = account.role === "admin";
  const key = useMutation({
    mutationFn: () =>
      post<Static<typeof WriteKeySchema>>(`/v1/sources/${source.id}/keys`, { overlapDays: 7 }),
  });
  const end = useMutation({
    mutationFn: () => patch(`/v1/sources/${source.id}`, { state: "ended" }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["source", source.id] }),
  });
  return (
    <PageBody
      title={source.name}
      lead={[kindOf(source.kind), channelOf(source.platform), stateOf(source.state)]
        .filter((word) => word !== "")
        .join(" · ")}
      actions={
        isAdmin &&
        source.state === "active" && (
          <>
            <Popconfirm title={t.newKey} description={t.newKeyText} onConfirm={() => key.mutate()}>
              <Button loading={key.isPending}>{t.newKey}</Button>
            </Popconfirm>
            <Popconfirm title={t.end} description={t.endText} onConfirm={() => end.mutate()}>
              <Button danger loading={end.isPending}>
                {t.end}
              </Button>
            </Popconfirm>
          </>
        )
      }
    >
      <div className="stack">
        <ProblemNote error={key.error ?? end.error} />
        {key.data !== undefined && <ShownOnce value={key.data.writeKey} />}
        {source.warnings.length > 0 && (
          <Alert
            type="warning"
            showIcon
            title={t.warnings}
            description={source.warnings.map((w) => (
              <div key={w.path + w.code}>
                {w.code === "unused-field" && <strong>{nameOf(w.path.split("/").at(-1) ?? "")}: </strong>}
                {warningOf(w.code)}
              </div>
            ))}
          />
        )}
        <Card>
          <dl className="kv">
            <dt>{t.purposes}</dt>
            <dd>{source.purposes.map(purposeOf).join(", ")}</dd>
            <dt>{t.currency}</dt>
            <dd>{source.currency ?? "–"}</dd>
            {source.orderNamespace !== null && (
              <>
                <dt>{t.orderNamespace}</dt>
                <dd>{source.orderNamespace}</dd>
              </>
            )}
            <dt>{t.timeZone}</dt>
            <dd>{source.timeZone}</dd>
            <dt>{t.since}</dt>
            <dd>{date(source.createdAt)}</dd>
          </dl>
        </Card>
        {(source.kind === "pos" || source.kind === "survey" || source.kind === "members") && (
          <Suspense fallback={<Skeleton active />}>
            <Mapping source={source} mayChange={isAdmin} />
          </Suspense>
        )}
      </div>
    </PageBody>
  );
}

import { useQuery } from "@tanstack/react-query";
import Card from "antd/es/card";
import Tag from "antd/es/tag";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Static } from "typebox";
import type { SystemSchema } from "../../../../src/app/answers.schema.ts";
import type { TreeHeadView } from "../../../../src/audit/proof.schema.ts";
import type { ReadySchema } from "../../../../src/http/health.schema.ts";
import type { EncryptionKeysView } from "../../../../src/staff/encryption-keys.schema.ts";
import { get, Problem } from "../../api.ts";
import { KINDS } from "../../codes/kinds.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { Figure } from "../../parts/figure.tsx";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { RUNNING } from "./words-system.ts";

type Parts = Static<typeof ReadySchema>["parts"];

/** Which parts answer, also when some do not: then the problem names those. */
async function readParts(): Promise<Parts> {
  try {
    return (await get<Static<typeof ReadySchema>>("/readyz")).parts;
  } catch (error) {
    if (!(error instanceof Problem) || error.errors.length === 0) throw error;
    return Object.fromEntries(error.errors.map((e) => [e.path.slice(1), false]));
  }
}

/** What runs here: health, versions, keys, disk, the log's head, and which settings are set. */
export function SystemPage() {
  const t = useWords(RUNNING);
  const engineOf = useCodes(KINDS);
  const { time, number } = useFormats();
  const system = useQuery({
    queryKey: ["system"],
    queryFn: () => get<Static<typeof SystemSchema>>("/v1/system"),
  });
  const parts = useQuery({ queryKey: ["ready"], queryFn: readParts, refetchInterval: 10_000 });
  const keys = useQuery({
    queryKey: ["encryption-keys"],
    queryFn: () => get<Static<typeof EncryptionKeysView>>("/v1/encryption-keys"),
  });
  const head = useQuery({
    queryKey: ["summary-head"],
    queryFn: async () => {
      try {
        return await get<TreeHeadView>("/v1/audit/tree-head");
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
  });
  const size = (bytes: number) =>
    bytes < 1e9 ? `${number(bytes / 1e6, 0)} MB` : `${number(bytes / 1e9, 1)} GB`;
  const newest = (what: string) =>
    keys.data?.versions.filter((v) => v.what === what).reduce((n, v) => Math.max(n, v.version), 0) ?? 0;
  const inUse = (keys.data?.dataKeys ?? [])
    .filter((k) => k.state === "live")
    .reduce((n, k) => n + k.count, 0);
  const answers = (part: string): ReactNode => {
    const isThere = parts.data?.[part];
    if (isThere === undefined) return "–";
    return <Tag color={isThere ? "green" : "red"}>{isThere ? t.yes : t.no}</Tag>;
  };
  return (
    <PageBody title={t.system} lead={t.systemLead}>
      <Loaded query={system}>
        {(s) => (
          <div className="stack">
            <div className="grid">
              <Figure label={t.version} value={s.version} note={`${t.node} ${s.node}`} />
              <Figure
                label={t.size}
                value={size(s.engine.bytes)}
                note={`${engineOf(s.engine.kind)} ${s.engine.version}`}
              />
              <Figure
                label={t.disk}
                value={s.disk === null ? "–" : size(s.disk.free)}
                note={
                  s.disk === null
                    ? t.elsewhere
                    : say(t.diskOf, { free: size(s.disk.free), total: size(s.disk.total) })
                }
              />
              <Figure
                label={t.backup}
                value={s.lastBackupAt === null ? "–" : time(s.lastBackupAt)}
                note={s.lastBackupAt === null ? t.never : undefined}
              />
            </div>
            <div className="two">
              <div className="stack">
                <Card title={t.health}>
                  <dl className="kv">
                    <dt>{t.store}</dt>
                    <dd>{answers("store")}</dd>
                    <dt>{t.keystore}</dt>
                    <dd>{answers("keystore")}</dd>
                    <dt>{t.rootKey}</dt>
                    <dd>{answers("root-key")}</dd>
                    <dt>{t.started}</dt>
                    <dd>{time(s.startedAt)}</dd>
                    <dt>{t.platform}</dt>
                    <dd>{s.system}</dd>
                    <dt>{t.memory}</dt>
                    <dd>{size(s.memory)}</dd>
                    <dt>{t.migrations}</dt>
                    <dd>
                      {number(s.migrations.applied)} <span className="quiet mono">{s.migrations.newest}</span>
                    </dd>
                  </dl>
                </Card>
                <Card title={t.keys} extra={<Link to="/console/encryption">→</Link>}>
                  <dl className="kv">
                    <dt>{t.wrapping}</dt>
                    <dd>{newest("wrapping")}</dd>
                    <dt>{t.index}</dt>
                    <dd>{newest("blind-index")}</dd>
                    <dt>{t.dataKeys}</dt>
                    <dd>{number(inUse)}</dd>
                  </dl>
                </Card>
                <Card title={t.log} extra={<Link to="/console/audit">→</Link>}>
                  {head.data == null ? (
                    <span className="quiet">{t.noHead}</span>
                  ) : (
                    <>
                      {say(t.head, { size: number(head.data.size) })} ·{" "}
                      <span className="quiet">{time(head.data.signedAt)}</span>
                    </>
                  )}
                </Card>
              </div>
              <Card title={t.settings}>
                <p className="quiet" style={{ marginTop: 0 }}>
                  {t.settingsText}
                </p>
                <dl className="kv">
                  {s.settings.map((setting) => (
                    <SettingRow
                      key={setting.name}
                      name={setting.name}
                      word={setting.isSet ? t.set : t.unset}
                    />
                  ))}
                </dl>
              </Card>
            </div>
          </div>
        )}
      </Loaded>
    </PageBody>
  );
}

function SettingRow({ name, word }: { readonly name: string; readonly word: string }) {
  return (
    <>
      <dt className="mono" style={{ overflowWrap: "anywhere" }}>
        {name}
      </dt>
      <dd>{word}</dd>
    </>
  );
}

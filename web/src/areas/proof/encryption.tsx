import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Popconfirm from "antd/es/popconfirm";
import Progress from "antd/es/progress";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import type { Static } from "typebox";
import type { EncryptionKeysView } from "../../../../src/staff/encryption-keys.schema.ts";
import { get, post } from "../../api.ts";
import { KINDS } from "../../codes/kinds.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { Figure } from "../../parts/figure.tsx";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { PROOF } from "./words.ts";

/** Versions and counts of the keys that encrypt, and their rotation with its progress. */
export function EncryptionPage() {
  const t = useWords(PROOF);
  const stateOf = useCodes(STATES);
  const kindOf = useCodes(KINDS);
  const { time, number } = useFormats();
  const client = useQueryClient();
  const keys = useQuery({
    queryKey: ["encryption-keys"],
    queryFn: () => get<Static<typeof EncryptionKeysView>>("/v1/encryption-keys"),
    refetchInterval: (query) =>
      query.state.data?.rotations.some((r) => r.state === "running") === true ? 1_500 : false,
  });
  const rotate = useMutation({
    mutationFn: (kind: "root" | "wrapping") => post("/v1/encryption-keys/rotations", { kind }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["encryption-keys"] }),
  });
  return (
    <PageBody
      title={t.keys}
      lead={t.keysLead}
      actions={(["wrapping", "root"] as const).map((kind) => (
        <Popconfirm
          key={kind}
          title={kind === "root" ? t.rotateRoot : t.rotateWrapping}
          description={t.rotateText}
          onConfirm={() => rotate.mutate(kind)}
        >
          <Button>{kind === "root" ? t.rotateRoot : t.rotateWrapping}</Button>
        </Popconfirm>
      ))}
    >
      <ProblemNote error={rotate.error} />
      <Loaded query={keys}>
        {(k) => (
          <div className="stack">
            <div className="grid">
              <Figure label={t.provider} value={kindOf(k.provider)} />
              <Figure label={t.rootVersion} value={<span className="mono">{k.rootVersion}</span>} />
              <Figure label={t.erased} value={number(k.erased)} />
            </div>
            {k.rotations.length > 0 && (
              <Card title={t.rotations} styles={{ body: { padding: 16 } }}>
                <Table
                  rowKey="id"
                  size="small"
                  pagination={false}
                  scroll={{ x: "max-content" }}
                  dataSource={k.rotations}
                  columns={[
                    { title: t.kind, dataIndex: "kind", render: kindOf },
                    { title: t.at, dataIndex: "startedAt", render: time },
                    { title: t.state, dataIndex: "phase", render: stateOf },
                    {
                      title: t.progress,
                      key: "progress",
                      render: (_, row) => (
                        <Progress
                          style={{ width: 220 }}
                          percent={row.total === 0 ? 100 : Math.floor((100 * row.done) / row.total)}
                          aria-label={t.progress}
                        />
                      ),
                    },
                  ]}
                />
              </Card>
            )}
            <div className="two">
              <Card styles={{ body: { padding: 16 } }}>
                <Table
                  rowKey={(row) => `${row.what} ${row.version}`}
                  size="small"
                  pagination={false}
                  scroll={{ x: "max-content" }}
                  dataSource={k.versions}
                  columns={[
                    { title: t.kind, dataIndex: "what", render: kindOf },
                    { title: t.version, dataIndex: "version", align: "right" },
                    {
                      title: t.state,
                      dataIndex: "state",
                      render: (v: string) => (
                        <Tag color={v === "live" ? "green" : "default"}>{stateOf(v)}</Tag>
                      ),
                    },
                    { title: t.made, dataIndex: "createdAt", render: time },
                  ]}
                />
              </Card>
              <Card styles={{ body: { padding: 16 } }}>
                <Table
                  rowKey={(row) => `${row.use} ${row.state}`}
                  size="small"
                  pagination={false}
                  dataSource={k.dataKeys}
                  columns={[
                    { title: t.use, dataIndex: "use", render: kindOf },
                    { title: t.state, dataIndex: "state", render: stateOf },
                    { title: t.count, dataIndex: "count", align: "right", render: (n: number) => number(n) },
                  ]}
                />
              </Card>
            </div>
          </div>
        )}
      </Loaded>
    </PageBody>
  );
}

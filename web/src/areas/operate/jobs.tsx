import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Table from "antd/es/table";
import type { Static } from "typebox";
import type { FailedJobsSchema, QueuesSchema } from "../../../../src/app/answers.schema.ts";
import { get, post } from "../../api.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { ServerList } from "../../parts/list.tsx";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useSession } from "../../session.ts";
import { RUNNING } from "./words-system.ts";

type Queues = Static<typeof QueuesSchema>;
type Queue = Queues["items"][number];

type Failed = Static<typeof FailedJobsSchema>["items"][number];

const COUNTS = ["waiting", "retrying", "active", "completed", "failed"] as const;

/** What works in the background, and what was given up. */
export function JobsPage() {
  const t = useWords(RUNNING);
  const { time, number } = useFormats();
  const { account } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const queues = useQuery({
    queryKey: ["jobs"],
    queryFn: () => get<Queues>("/v1/jobs"),
    refetchInterval: 5_000,
  });
  const retry = useMutation({
    mutationFn: (job: Failed) => post(`/v1/jobs/${job.queue}/${job.id}/retry`),
    onSuccess: () => {
      void message.success(t.retried);
      void client.invalidateQueries({ queryKey: ["jobs"] });
      void client.invalidateQueries({ queryKey: ["list", "/v1/jobs/failed"] });
    },
  });
  return (
    <PageBody title={t.jobs} lead={t.jobsLead}>
      <div className="stack">
        <ProblemNote error={retry.error} />
        <Card styles={{ body: { padding: 16 } }}>
          <Loaded query={queues}>
            {({ items }) => (
              <Table<Queue>
                aria-label={t.jobs}
                rowKey="queue"
                size="middle"
                pagination={false}
                scroll={{ x: "max-content" }}
                dataSource={items}
                locale={{ emptyText: <Empty description={t.noJobs} /> }}
                columns={[
                  {
                    title: t.queue,
                    dataIndex: "queue",
                    sorter: (a, b) => a.queue.localeCompare(b.queue),
                    render: (v: string) => <span className="mono">{v}</span>,
                  },
                  ...COUNTS.map((key) => ({
                    title: t[key],
                    dataIndex: key,
                    align: "right" as const,
                    sorter: (a: Queue, b: Queue) => a[key] - b[key],
                    render: (n: number) =>
                      key === "failed" && n > 0 ? <strong>{number(n)}</strong> : number(n),
                  })),
                  { title: t.oldest, dataIndex: "oldestDueAt", render: time },
                ]}
              />
            )}
          </Loaded>
        </Card>
        <h2 style={{ fontSize: 18, margin: "8px 0 0" }}>{t.failures}</h2>
        <ServerList<Failed>
          label={t.failures}
          path="/v1/jobs/failed"
          rowKey={(row) => row.id}
          empty={t.noFailures}
          csv="failed-jobs"
          columns={[
            { title: t.at, dataIndex: "failedAt", render: time },
            { title: t.queue, dataIndex: "queue", render: (v: string) => <span className="mono">{v}</span> },
            { title: t.attempts, dataIndex: "attempts", align: "right" },
            { title: t.error, dataIndex: "error" },
            ...(account.role === "admin"
              ? [
                  {
                    title: "",
                    key: "act",
                    render: (_: unknown, row: Failed) => (
                      <Button
                        size="small"
                        loading={retry.isPending && retry.variables?.id === row.id}
                        onClick={() => retry.mutate(row)}
                      >
                        {t.retry}
                      </Button>
                    ),
                  },
                ]
              : []),
          ]}
        />
      </div>
    </PageBody>
  );
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Form from "antd/es/form";
import Input from "antd/es/input";
import Modal from "antd/es/modal";
import Popconfirm from "antd/es/popconfirm";
import { useState } from "react";
import { get, post } from "../../api.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { WholeList } from "../../parts/whole-list.tsx";
import { useSession } from "../../session.ts";
import { PRIVACY } from "./words.ts";

interface Hold {
  readonly holdId: string;
  readonly ground: string;
  readonly reference: string;
  readonly since: string;
  readonly until: string | null;
  readonly liftedAt: string | null;
}

interface Given {
  readonly memberId: string;
  readonly ground: string;
  readonly reference: string;
}

/** Legal holds. */
export function HoldsPage() {
  const t = useWords(PRIVACY);
  const { date } = useFormats();
  const { account } = useSession();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [form] = Form.useForm<Given>();
  const holds = useQuery({
    queryKey: ["holds"],
    queryFn: () => get<{ holds: Hold[] }>("/v1/holds"),
    select: ({ holds }) => holds,
  });
  const reload = () => void client.invalidateQueries({ queryKey: ["holds"] });
  const lift = useMutation({ mutationFn: (id: string) => post(`/v1/holds/${id}/lift`), onSuccess: reload });
  const add = useMutation({
    mutationFn: (given: Given) => post("/v1/holds", given),
    onSuccess: () => {
      setAdding(false);
      form.resetFields();
      reload();
    },
  });
  const mayWrite = account.role !== "auditor";
  return (
    <PageBody
      title={t.holdsTitle}
      lead={t.holdsLead}
      actions={
        mayWrite && (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t.add}
          </Button>
        )
      }
    >
      <ProblemNote error={lift.error} />
      <WholeList<Hold>
        label={t.holdsTitle}
        query={holds}
        rowKey={(row) => row.holdId}
        csv="holds"
        empty={t.noHolds}
        columns={[
          { title: t.ground, dataIndex: "ground" },
          { title: t.reference, dataIndex: "reference" },
          { title: t.since, dataIndex: "since", render: date },
          { title: t.until, dataIndex: "until", render: date },
          {
            title: t.lifted,
            key: "lifted",
            csv: (row) => row.liftedAt,
            render: (_, row) =>
              row.liftedAt !== null ? (
                date(row.liftedAt)
              ) : mayWrite ? (
                <Popconfirm title={t.lift} onConfirm={() => lift.mutate(row.holdId)}>
                  <Button size="small">{t.lift}</Button>
                </Popconfirm>
              ) : null,
          },
        ]}
      />
      <Modal
        open={adding}
        title={t.add}
        okText={t.add}
        onCancel={() => setAdding(false)}
        onOk={() => form.submit()}
        okButtonProps={{ loading: add.isPending }}
      >
        <ProblemNote error={add.error} />
        <Form<Given> form={form} layout="vertical" onFinish={(given) => add.mutate(given)}>
          <Form.Item name="memberId" label={t.member} rules={[{ required: true }]}>
            <Input className="mono" />
          </Form.Item>
          <Form.Item name="ground" label={t.ground} rules={[{ required: true }]}>
            <Input />
          </Form.Item>
          <Form.Item name="reference" label={t.reference} rules={[{ required: true }]}>
            <Input />
          </Form.Item>
        </Form>
      </Modal>
    </PageBody>
  );
}

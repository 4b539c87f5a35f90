import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Form from "antd/es/form";
import Input from "antd/es/input";
import Modal from "antd/es/modal";
import Popconfirm from "antd/es/popconfirm";
import Select from "antd/es/select";
import Tag from "antd/es/tag";
import { useState } from "react";
import type { Static } from "typebox";
import type { ActionSchema, ActionsSchema } from "../../../../surveys/cases/answers.schema.ts";
import { THEME_NAMES } from "../../../../surveys/themes/names.ts";
import { get, patch, post } from "../../api.ts";
import { say, useFormats, useLocale, useWords } from "../../i18n.ts";
import { Loaded } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useStoreName, useStores } from "../../parts/stores.ts";
import { useSession } from "../../session.ts";
import { VOICE } from "./words.ts";
import { RESULTS } from "./words-results.ts";

type Action = Static<typeof ActionsSchema>["items"][number];
type Effect = NonNullable<Action["effect"]>;
type Change = Partial<Pick<Static<typeof ActionSchema>, "state">> & { readonly doneOn?: string };

const COLOURS = { planned: "blue", done: "green", dropped: "default" } as const;

/** The outer loop: what was changed because of a theme, and the figures before it and since. */
export function Actions(props: { readonly surveyId: string; readonly show: (value: number) => string }) {
  const t = useWords(RESULTS);
  const { account } = useSession();
  const [adding, setAdding] = useState(false);
  const mayWrite = account.role === "admin" || account.role === "cx";
  const actions = useQuery({
    queryKey: ["survey-actions", props.surveyId],
    queryFn: () => get<Static<typeof ActionsSchema>>(`/v1/surveys/${props.surveyId}/actions`),
  });
  return (
    <Card title={t.actions} extra={mayWrite && <Button onClick={() => setAdding(true)}>{t.plan}</Button>}>
      <p className="quiet" style={{ marginTop: 0 }}>
        {t.actionsLead}
      </p>
      <Loaded query={actions}>
        {({ items }) =>
          items.length === 0 ? (
            <span className="quiet">{t.noActions}</span>
          ) : (
            <div className="stack">
              {items.map((action) => (
                <OneAction key={action.actionId} action={action} mayWrite={mayWrite} {...props} />
              ))}
            </div>
          )
        }
      </Loaded>
      {adding && <PlanAction surveyId={props.surveyId} onClose={() => setAdding(false)} />}
    </Card>
  );
}

function OneAction(props: {
  readonly action: Action;
  readonly surveyId: string;
  readonly mayWrite: boolean;
  readonly show: (value: number) => string;
}) {
  const t = useWords(RESULTS);
  const locale = useLocale();
  const { day } = useFormats();
  const storeOf = useStoreName();
  const client = useQueryClient();
  const [since, setSince] = useState(() => new Date().toISOString().slice(0, 10));
  const { action } = props;
  const change = useMutation({
    mutationFn: (next: Change) => patch(`/v1/survey-actions/${action.actionId}`, next),
    onSuccess: () => client.invalidateQueries({ queryKey: ["survey-actions", props.surveyId] }),
  });
  return (
    <section aria-label={action.what}>
      <div className="row">
        <Tag color={COLOURS[action.state]}>{t[action.state]}</Tag>
        <strong>{action.what}</strong>
        <span className="quiet">
          {[
            THEME_NAMES[action.theme]?.[locale] ?? action.theme,
            action.storeId === null ? null : storeOf(action.storeId),
            action.owner,
            action.doneOn === null ? null : say(t.since, { day: day(action.doneOn) }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
        {props.mayWrite && action.state === "planned" && (
          <>
            <Popconfirm
              title={t.doneOn}
              description={
                <Input
                  type="date"
                  aria-label={t.doneOn}
                  value={since}
                  onChange={(event) => setSince(event.target.value)}
                />
              }
              okText={t.markDone}
              onConfirm={() => change.mutate({ state: "done", doneOn: since })}
            >
              <Button size="small">{t.markDone}</Button>
            </Popconfirm>
            <Button size="small" type="text" onClick={() => change.mutate({ state: "dropped" })}>
              {t.drop}
            </Button>
          </>
        )}
      </div>
      <ProblemNote error={change.error} />
      {action.effect !== null && <BeforeAndAfter effect={action.effect} show={props.show} />}
    </section>
  );
}

/** The figure and the theme's share on both sides of a change, and whether they differ by more than chance. */
function BeforeAndAfter({
  effect,
  show,
}: {
  readonly effect: Effect;
  readonly show: (value: number) => string;
}) {
  const t = useWords(RESULTS);
  const { number, percent, range } = useFormats();
  const share = (value: number) => percent(value / 100, 1);
  const side = (estimate: Effect["figure"]["before"], say: (value: number) => string) =>
    estimate === null ? (
      <span className="quiet">{t.tooFew}</span>
    ) : (
      <>
        <strong>{say(estimate.value)}</strong>{" "}
        <span className="quiet">
          {range(say(estimate.low), say(estimate.high))} · n {number(estimate.n)}
        </span>
      </>
    );
  return (
    <div className="scroll">
      <table className="plain">
        <thead>
          <tr>
            <td />
            <th scope="col">{t.before}</th>
            <th scope="col">{t.after}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {(
            [
              [t.figure, effect.figure, show],
              [t.share, effect.theme, share],
            ] as const
          ).map(([name, both, say]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{side(both.before, say)}</td>
              <td>{side(both.after, say)}</td>
              <td>
                {both.change !== null &&
                  (both.change.significant ? (
                    <Tag color="purple">{t.helped}</Tag>
                  ) : (
                    <span className="quiet">{t.notYet}</span>
                  ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Planned {
  readonly theme: string;
  readonly what: string;
  readonly owner: string;
  readonly store?: string;
}

function PlanAction({ surveyId, onClose }: { readonly surveyId: string; readonly onClose: () => void }) {
  const t = useWords(RESULTS);
  const locale = useLocale();
  const voice = useWords(VOICE);
  const stores = useStores();
  const client = useQueryClient();
  const { account } = useSession();
  const [form] = Form.useForm<Planned>();
  const plan = useMutation({
    mutationFn: ({ store, ...rest }: Planned) =>
      post(`/v1/surveys/${surveyId}/actions`, { ...rest, ...(store === undefined ? {} : { store }) }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["survey-actions", surveyId] });
      onClose();
    },
  });
  return (
    <Modal
      open
      title={t.plan}
      okText={t.save}
      onCancel={onClose}
      onOk={() => form.submit()}
      okButtonProps={{ loading: plan.isPending }}
    >
      <ProblemNote error={plan.error} />
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ owner: account.name }}
        onFinish={(planned) => plan.mutate(planned)}
      >
        <Form.Item name="theme" label={voice.theme} rules={[{ required: true }]}>
          <Select
            options={Object.entries(THEME_NAMES).map(([value, name]) => ({ value, label: name[locale] }))}
          />
        </Form.Item>
        <Form.Item name="what" label={t.what} rules={[{ required: true }]}>
          <Input maxLength={500} autoComplete="off" />
        </Form.Item>
        <Form.Item name="owner" label={t.who} rules={[{ required: true }]}>
          <Input maxLength={100} autoComplete="off" />
        </Form.Item>
        <Form.Item name="store" label={t.where}>
          <Select allowClear options={stores.map(({ storeId, name }) => ({ value: storeId, label: name }))} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

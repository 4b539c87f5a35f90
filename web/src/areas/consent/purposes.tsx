import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Drawer from "antd/es/drawer";
import Tag from "antd/es/tag";
import { useState } from "react";
import { address, get, post } from "../../api.ts";
import { BASES, CHANNELS, DATA_KINDS } from "../../codes/kinds.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useLocale, useWords } from "../../i18n.ts";
import { JsonArea, useJsonText } from "../../parts/json-area.tsx";
import { useView } from "../../parts/list.tsx";
import { PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { WholeList } from "../../parts/whole-list.tsx";
import { useSession } from "../../session.ts";
import type { Purpose, PurposeChanges, PurposeFile } from "./purpose.ts";
import { PurposeDifference } from "./purpose-difference.tsx";
import { PurposeForm } from "./purpose-form.tsx";
import { readSpan } from "./span-input.tsx";
import { CONSENT } from "./words.ts";
import { PURPOSE } from "./words-purpose.ts";

/** In the address while a new purpose is written; no purpose can have this name. */
const NEW = "+";

/** The purposes in force; changing one by a form, or all of them as a reviewed file. */
export function PurposesPage() {
  const t = useWords(CONSENT);
  const words = useWords(PURPOSE);
  const basisOf = useCodes(BASES);
  const kindOf = useCodes(DATA_KINDS);
  const channelOf = useCodes(CHANNELS);
  const locale = useLocale();
  const { account } = useSession();
  const [read, write] = useView();
  const [isFile, setIsFile] = useState(false);
  const file = useQuery({ queryKey: ["purposes"], queryFn: () => get<PurposeFile>("/v1/purposes") });
  const mayEdit = account.role === "admin" || account.role === "compliance";
  const editing = mayEdit ? read("edit") : undefined;
  const spanOf = (span: string) => {
    const read = readSpan(span);
    return read === null ? span : `${read.count} ${words[read.unit]}`;
  };
  const chosen = file.data?.purposes.find((p) => p.id === editing);
  const close = () => write("edit", undefined);
  return (
    <PageBody
      title={t.purposes}
      lead={t.purposesLead}
      actions={
        mayEdit && (
          <>
            <Button onClick={() => setIsFile(true)}>{words.asFile}</Button>
            <Button type="primary" onClick={() => write("edit", NEW)}>
              {words.newPurpose}
            </Button>
          </>
        )
      }
    >
      <WholeList<Purpose>
        label={t.purposes}
        query={{ ...file, data: file.data?.purposes }}
        rowKey={(row) => row.id}
        csv="purposes"
        empty={words.newPurpose}
        columns={[
          {
            title: t.purpose,
            key: "name",
            csv: (row) => row.name[locale],
            render: (_, row) => (
              <div className="words">
                {mayEdit ? (
                  <Button type="link" className="wrapping" onClick={() => write("edit", row.id)}>
                    <strong>{row.name[locale]}</strong>
                  </Button>
                ) : (
                  <strong>{row.name[locale]}</strong>
                )}
                <div className="quiet">{row.description[locale]}</div>
              </div>
            ),
          },
          {
            title: t.basis,
            dataIndex: "lawfulBasis",
            render: (v: string, row) => (
              <>
                <Tag>{basisOf(v)}</Tag>
                <div className="quiet" style={{ marginTop: 4 }}>
                  {t.version} {row.version}
                </div>
              </>
            ),
          },
          {
            title: t.categories,
            key: "categories",
            csv: (row) => row.categories.map(kindOf).join(", "),
            render: (_, row) => <div className="words">{row.categories.map(kindOf).join(", ")}</div>,
          },
          {
            title: t.channels,
            key: "channels",
            csv: (row) => row.channels.map(channelOf).join(", "),
            render: (_, row) => (
              <div className="words">
                {row.channels.length === 0 ? (
                  <span className="quiet">–</span>
                ) : (
                  row.channels.map(channelOf).join(", ")
                )}
              </div>
            ),
          },
          { title: t.retention, dataIndex: "retention", render: spanOf },
        ]}
      />
      {editing === NEW && <PurposeForm purpose={null} onClose={close} />}
      {chosen !== undefined && <PurposeForm key={chosen.id} purpose={chosen} onClose={close} />}
      {isFile && file.data !== undefined && <EditFile file={file.data} onClose={() => setIsFile(false)} />}
    </PageBody>
  );
}

/** All purposes as one JSON file, for experts and for reviews outside the console. */
function EditFile({ file, onClose }: { readonly file: PurposeFile; readonly onClose: () => void }) {
  const t = useWords(CONSENT);
  const words = useWords(PURPOSE);
  const client = useQueryClient();
  const { message } = App.useApp();
  const json = useJsonText(file);
  const isJson = json.value !== undefined;
  const look = useMutation({
    mutationFn: () => post<PurposeChanges>(address("/v1/purposes", { preview: true }), json.value),
  });
  const apply = useMutation({
    mutationFn: () => post<PurposeChanges>("/v1/purposes", json.value),
    onSuccess: () => {
      void message.success(t.applied);
      void client.invalidateQueries({ queryKey: ["purposes"] });
      onClose();
    },
  });
  return (
    <Drawer open onClose={onClose} size="large" title={words.asFile}>
      <div className="stack">
        <p className="quiet" style={{ margin: 0 }}>
          {t.editText}
        </p>
        <JsonArea label={words.asFile} json={json} rows={[16, 30]} onEdit={() => look.reset()} />
        <div className="row">
          <Button type="primary" disabled={!isJson} loading={look.isPending} onClick={() => look.mutate()}>
            {t.difference}
          </Button>
          <Button
            danger
            disabled={look.data === undefined || look.data.changes.length === 0}
            loading={apply.isPending}
            onClick={() => apply.mutate()}
          >
            {t.apply}
          </Button>
        </div>
        <ProblemNote error={look.error ?? apply.error} />
        {look.data !== undefined && <PurposeDifference found={look.data} />}
      </div>
    </Drawer>
  );
}
